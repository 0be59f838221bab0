# SPDX-License-Identifier: Apache-2.0
# Perl's Frontier::Client: one round through create, read, write, search, unlink.
use strict;
use warnings;
use Frontier::Client;

my $server = 'http://' . ($ENV{PARLEY_SERVER} || 'localhost:8069');
my ($db, $user, $password) = ('v8dev', 'admin', 'admin');
my $common = Frontier::Client->new(url => "$server/xmlrpc/2/common");
my $models = Frontier::Client->new(url => "$server/xmlrpc/2/object", encoding => 'UTF-8');

sub same { my ($want, $got) = @_; die "expected $want, got $got\n" if "$want" ne "$got" }
sub plain { my ($value) = @_; ref $value && $value->can('value') ? $value->value : $value }

same 1, $common->call('version')->{protocol_version};
same 0, plain($common->call('authenticate', $db, $user, 'wrong', {}));
my $uid = $common->call('authenticate', $db, $user, $password, {});
sub ask { my ($model, $method, @rest) = @_; $models->call('execute_kw', $db, $uid, $password, $model, $method, @rest) }

my $id = ask('res.partner', 'create', [{name => 'Frontier & <Co>', ref => 'perl-2', is_company => $models->boolean(1)}]);
my $row = ask('res.partner', 'read', [[$id], ['name', 'is_company']])->[0];
same 'Frontier & <Co>', $row->{name};
same 1, plain($row->{is_company});
same 1, plain(ask('res.partner', 'write', [[$id], {city => 'Aš', zip => $models->string('35201')}]));
same $id, ask('res.partner', 'search', [[['ref', '=', 'perl-2']]])->[0];
same '35201', ask('res.partner', 'search_read', [[['zip', '=', $models->string('35201')], ['ref', '=', 'perl-2']]], {fields => ['zip']})->[0]{zip};
same 1, plain(ask('res.partner', 'unlink', [[$id]]));
same 0, ask('res.partner', 'search_count', [[['id', '=', $id]]]);
eval { ask('no.such.model', 'search', [[]]); 1 } and die "an unknown model was accepted\n";
die "no fault of code 2: $@" unless $@ =~ /Fault returned from XML RPC Server, fault code 2:/;
