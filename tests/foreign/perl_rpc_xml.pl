# SPDX-License-Identifier: Apache-2.0
# Perl's RPC::XML: one round through create, read, write, search, unlink.
use strict;
use warnings;
use utf8;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'utf-8';
my $server = 'http://' . ($ENV{PARLEY_SERVER} || 'localhost:8069');
my ($db, $user, $password) = ('v8dev', 'admin', 'admin');

my $common = RPC::XML::Client->new("$server/xmlrpc/2/common");
my $models = RPC::XML::Client->new("$server/xmlrpc/2/object");

sub same { my ($want, $got) = @_; die "expected $want, got $got\n" if "$want" ne "$got" }
sub value { my ($answer) = @_; die "$answer\n" unless ref $answer; die $answer->string . "\n" if $answer->is_fault; $answer->value }

same 1, value($common->send_request('version'))->{protocol_version};
same 0, value($common->send_request('authenticate', $db, $user, 'wrong', {}));
my $uid = value($common->send_request('authenticate', $db, $user, $password, {}));
sub ask { my ($model, $method, @rest) = @_; value($models->send_request('execute_kw', $db, $uid, $password, $model, $method, @rest)) }

my $id = ask('res.partner', 'create', [{name => 'Žižka & <syn>', ref => RPC::XML::string->new('perl-1'), is_company => RPC::XML::boolean->new(1)}]);
my $row = ask('res.partner', 'read', [[$id], ['name', 'is_company', 'parent_id']])->[0];
utf8::decode($row->{name}) unless utf8::is_utf8($row->{name});
same 'Žižka & <syn>', $row->{name};
same 1, $row->{is_company};
same 0, $row->{parent_id};
same 1, ask('res.partner', 'write', [[$id], {city => 'Cheb', color => RPC::XML::int->new(4)}]);
same $id, ask('res.partner', 'search', [[['ref', '=', 'perl-1']]], {limit => 1})->[0];
same 4, ask('res.partner', 'search_read', [[['ref', '=', 'perl-1']]], {fields => ['city', 'color']})->[0]{color};
same 1, ask('res.partner', 'unlink', [[$id]]);
same 0, ask('res.partner', 'search_count', [[['id', '=', $id]]]);
my $answer = $models->send_request('execute_kw', $db, $uid, $password, 'no.such.model', 'search', [[]]);
die "an unknown model was accepted\n" unless $answer->is_fault;
same 2, $answer->code;
