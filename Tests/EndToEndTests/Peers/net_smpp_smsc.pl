#!/usr/bin/perl
# A minimal SMSC made with Perl's Net::SMPP (Debian: libnet-smpp-perl), a codec that is not ours.
#
#   net_smpp_smsc.pl PORT [--system-id ID --password P] [--seconds N] [--refuse ENDING=STATUS]
#
# It takes binds of every kind and submits on 127.0.0.1 (port 0: any free one) and prints one JSON line per event; the
# first is {"event":"listening","port":…}. It ends after N seconds (60 by default), at SIGTERM, or when its standard
# input ends.
use strict;
use warnings;
use Getopt::Long;
use IO::Select;
use JSON::PP;
use Net::SMPP;

my ($system_id, $password, $seconds, %refuse) = (undef, undef, 60);
GetOptions(
    'system-id=s' => \$system_id,
    'password=s'  => \$password,
    'seconds=i'   => \$seconds,
    'refuse=s'    => \%refuse,
) or exit 64;
my $port = shift;
if (!defined $port || $port !~ /^\d+$/ || @ARGV) {
    print STDERR "usage: net_smpp_smsc.pl PORT [--system-id ID --password P] [--seconds N] [--refuse ENDING=STATUS]\n";
    exit 64;
}

$| = 1;
my $json = JSON::PP->new->canonical->ascii;
my $stopped = 0;
$SIG{TERM} = $SIG{INT} = sub { $stopped = 1 };
$SIG{PIPE} = 'IGNORE';
# Net::SMPP warns when a peer leaves; that is an event here.
$SIG{__WARN__} = sub { };

sub event {
    my ($name, %fields) = @_;
    print $json->encode({ event => $name, %fields }), "\n";
}

# Perl's constants of the same names begin with CMD_.
my %bind = (
    Net::SMPP::CMD_bind_receiver()    => ['receiver',    'bind_receiver_resp'],
    Net::SMPP::CMD_bind_transmitter() => ['transmitter', 'bind_transmitter_resp'],
    Net::SMPP::CMD_bind_transceiver() => ['transceiver', 'bind_transceiver_resp'],
);

my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port) or die "cannot listen on $port: $!\n";
event('listening', port => $listener->sockport);
my $select = IO::Select->new($listener);
$select->add(\*STDIN) unless -t STDIN;
my (%kind, $count);
my $end = time + $seconds;

sub leave {
    my ($peer, $why) = @_;
    $select->remove($peer);
    delete $kind{$peer};
    close $peer;
    event($why);
}

sub submit {
    my ($peer, $pdu) = @_;
    my $status = ($kind{$peer} || 'receiver') eq 'receiver' ? 0x04 : 0;
    for my $ending (keys %refuse) {
        $status ||= oct $refuse{$ending} if $pdu->{destination_addr} =~ /\Q$ending\E$/;
    }
    my $id = sprintf 'perl-%d', ++$count;
    event('submit_sm', id => $id, status => $status, source => $pdu->{source_addr},
        source_ton => $pdu->{source_addr_ton}, source_npi => $pdu->{source_addr_npi},
        destination => $pdu->{destination_addr}, destination_ton => $pdu->{dest_addr_ton},
        destination_npi => $pdu->{dest_addr_npi}, esm_class => $pdu->{esm_class},
        data_coding => $pdu->{data_coding}, registered_delivery => $pdu->{registered_delivery},
        octets => unpack('H*', $pdu->{short_message} // ''));
    $peer->submit_sm_resp(seq => $pdu->{seq}, status => $status, message_id => $status ? '' : $id);
}

sub serve {
    my ($peer, $pdu) = @_;
    my $command = $pdu->{cmd};
    if (my $bind = $bind{$command}) {
        my ($name, $respond) = @$bind;
        my $status = 0;
        $status = 0x0F if defined $system_id && $pdu->{system_id} ne $system_id;
        $status ||= 0x0E if defined $password && $pdu->{password} ne $password;
        $kind{$peer} = $name unless $status;
        event('bind', kind => $name, system_id => $pdu->{system_id}, status => $status,
            interface_version => $pdu->{interface_version});
        $peer->$respond(seq => $pdu->{seq}, status => $status, system_id => 'perl');
    } elsif ($command == Net::SMPP::CMD_submit_sm()) {
        submit($peer, $pdu);
    } elsif ($command == Net::SMPP::CMD_enquire_link()) {
        event('enquire_link');
        $peer->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($command == Net::SMPP::CMD_unbind()) {
        $peer->unbind_resp(seq => $pdu->{seq});
        leave($peer, 'unbind');
    } elsif (!($command & 0x80000000)) {
        event('unknown', command => sprintf '0x%08X', $command);
        $peer->generic_nack(seq => $pdu->{seq}, status => 0x03);
    }
}

while (!$stopped && time < $end) {
    for my $ready ($select->can_read(0.25)) {
        if ($ready == $listener) {
            my $peer = $listener->accept or next;
            # A peer that stops inside a PDU must not hold up the others for ever.
            setsockopt $peer, Socket::SOL_SOCKET(), Socket::SO_RCVTIMEO(), pack 'l!l!', 5, 0;
            $select->add($peer);
            event('connected');
        } elsif ($ready == \*STDIN) {
            $stopped = 1 unless sysread STDIN, my $ignored, 4096;
        } else {
            my $pdu = eval { $ready->read_pdu };
            if ($pdu) { serve($ready, $pdu) } else { leave($ready, 'closed') }
        }
    }
}
event('stopped');
