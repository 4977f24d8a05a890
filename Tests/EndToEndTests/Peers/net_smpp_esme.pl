#!/usr/bin/perl
# An ESME made with Perl's Net::SMPP (Debian: libnet-smpp-perl), a codec that is not ours.
#
#   net_smpp_esme.pl PORT [--host H] [--system-id ID] [--password P] [--kind transceiver|transmitter]
#                         [--from NAME] [--to NUMBER] [--seconds N]
#
# It binds, submits a short and a long Cyrillic text (three parts with a user data header), asks for a link, unbinds, and
# prints one JSON line per response. Exit 0 when all were answered, whatever the statuses; 1 when not; 64 usage. It gives
# up after N seconds (30 by default).
use strict;
use warnings;
use utf8;
use Encode qw(encode);
use Getopt::Long;
use JSON::PP;
use Net::SMPP;

my ($host, $system_id, $password, $kind) = ('127.0.0.1', 'perl', 'secret', 'transceiver');
my ($from, $to, $seconds) = ('PERL', '79160000000', 30);
GetOptions(
    'host=s'      => \$host,
    'system-id=s' => \$system_id,
    'password=s'  => \$password,
    'kind=s'      => \$kind,
    'from=s'      => \$from,
    'to=s'        => \$to,
    'seconds=i'   => \$seconds,
) or exit 64;
my $port = shift;
if (!defined $port || $port !~ /^\d+$/ || @ARGV || $kind !~ /^(transceiver|transmitter)$/) {
    print STDERR "usage: net_smpp_esme.pl PORT [--host H] [--system-id ID] [--password P] [--kind K] …\n";
    exit 64;
}

$| = 1;
my $json = JSON::PP->new->canonical->ascii;

sub event {
    my ($name, %fields) = @_;
    print $json->encode({ event => $name, %fields }), "\n";
}

sub failed {
    my ($what) = @_;
    event('failed', what => $what);
    exit 1;
}

$SIG{ALRM} = sub { failed('no answer in time') };
$SIG{PIPE} = 'IGNORE';
$SIG{__WARN__} = sub { };
alarm $seconds;

# enquire_interval 0: Net::SMPP would use the alarm for itself.
my $smpp = Net::SMPP->new_connect($host, port => $port, timeout => $seconds, enquire_interval => 0)
    or failed("cannot connect: $!");
my $bind = "bind_$kind";
my $bound = $smpp->$bind(system_id => $system_id, password => $password, interface_version => 0x34)
    or failed('no bind response');
event('bound', status => $bound->{status}, system_id => $bound->{system_id});

sub submit {
    my ($esm_class, $octets) = @_;
    my $response = $smpp->submit_sm(
        source_addr_ton => 5, source_addr_npi => 0, source_addr => $from,
        dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $to,
        esm_class => $esm_class, data_coding => 8, short_message => $octets,
    ) or failed('no submit response');
    event('submitted', status => $response->{status}, id => $response->{message_id}, octets => unpack('H*', $octets));
}

if (!$bound->{status}) {
    submit(0, encode('UTF-16BE', 'Привет, мир'));
    my $long = encode('UTF-16BE', 'Съешь же ещё этих мягких французских булок да выпей чаю. ' x 3);
    my @parts = $long =~ /(.{1,134})/gs;
    for my $part (1 .. @parts) {
        submit(0x40, pack('C6', 5, 0, 3, 42, scalar @parts, $part) . $parts[$part - 1]);
    }
    my $link = $smpp->enquire_link or failed('no enquire_link response');
    event('enquire_link', status => $link->{status});
}
my $unbound = $smpp->unbind or failed('no unbind response');
event('unbound', status => $unbound->{status});
