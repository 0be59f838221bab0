# SPDX-License-Identifier: Apache-2.0
# Perl's XMLRPC::Lite: one round through create, read, write, search, unlink.
use strict;
use warnings;
use XMLRPC::Lite;

my $server = 'http://' . ($ENV{PARLEY_SERVER} || 'localhost:8069');
my ($db, $user, $password) = ('v8dev', 'admin', 'admin');
my $common = XMLRPC::Lite->proxy("$server/xmlrpc/2/common");
my $models = XMLRPC::Lite->proxy("$server/xmlrpc/2/object");

sub same { my ($want, $got) = @_; die "expected $want, got $got\n" if "$want" ne "$got" }

same 1, $common->call('version')->result->{protocol_version};
same 0, $common->call('authenticate', $db, $user, 'wrong', {})->result;
my $uid = $common->call('authenticate', $db, $user, $password, {})->result;
sub ask {
    my ($model, $method, @rest) = @_;
    my $answer = $models->call('execute_kw', $db, $uid, $password, $model, $method, @rest);
    die $answer->faultstring . "\n" if $answer->fault;
    return $answer->result;
}

my $id = ask('res.partner', 'create', [{name => 'Lite & <Co>', ref => SOAP::Data->type(string => 'perl-3')}]);
same 'Lite & <Co>', ask('res.partner', 'read', [[$id], ['name']])->[0]{name};
same 1, ask('res.partner', 'write', [[$id], {city => 'Kladno', partner_latitude => 50.25}]);
same $id, ask('res.partner', 'search', [[['ref', '=', 'perl-3']]])->[0];
same 50.25, ask('res.partner', 'search_read', [[['ref', '=', 'perl-3']]], {fields => ['partner_latitude']})->[0]{partner_latitude};
same 1, ask('res.partner', 'unlink', [[$id]]);
same 0, ask('res.partner', 'search_count', [[['id', '=', $id]]]);
my $fault = $models->call('execute_kw', $db, $uid, $password, 'no.such.model', 'search', [[]]);
die "an unknown model was accepted\n" unless $fault->fault;
same 2, $fault->faultcode;
