#!/usr/bin/perl
# An SMSC by Net::SMPP, for `smppost serve` to bind to. One process per connection.
#
# Usage: smsc.pl PORT SYSTEM_ID PASSWORD
# Prints one line for what it has seen: listening PORT | bind KIND VERSION STATUS | enquire_link_resp |
#   submit SOURCE DESTINATION ESM_CLASS DATA_CODING HEX | deliver_sm_resp STATUS | unbind
# Destinations ending in 404 are refused (0x0B); of those ending in 405 every part but the first; those ending in 777
# get a receipt by deliver_sm.
use strict;
use warnings;
use Net::SMPP;

my ($port, $system_id, $password) = @ARGV;
$| = 1;
$SIG{CHLD} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };

my %binds = (0x01 => 'receiver', 0x02 => 'transmitter', 0x09 => 'transceiver');

my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34, timeout => 3600)
    or die "cannot listen on $port: $!";
print "listening $port\n";
while (1) {
    my $connection = $listener->accept or next;
    my $child = fork;
    die "cannot fork: $!" unless defined $child;
    if ($child == 0) {
        close $listener;
        serve($connection);
        exit 0;
    }
    close $connection;
}

sub serve {
    my ($smpp) = @_;
    my $count = 0;
    while (my $pdu = $smpp->read_pdu) {
        my $cmd = $pdu->{cmd};
        my $seq = $pdu->{seq};
        if (my $kind = $binds{$cmd}) {
            my $status = $pdu->{system_id} ne $system_id ? 0x0F : $pdu->{password} ne $password ? 0x0E : 0;
            printf "bind %s 0x%02x 0x%02x\n", $kind, $pdu->{interface_version}, $status;
            my $answer = "bind_${kind}_resp";
            $smpp->$answer(seq => $seq, status => $status, system_id => 'perl');
            $smpp->enquire_link(async => 1) if $status == 0;
        } elsif ($cmd == 0x04) {
            submit($smpp, $pdu, ++$count);
        } elsif ($cmd == 0x15) {
            $smpp->enquire_link_resp(seq => $seq);
        } elsif ($cmd == 0x80000015) {
            print "enquire_link_resp\n";
        } elsif ($cmd == 0x80000005) {
            printf "deliver_sm_resp 0x%02x\n", $pdu->{status};
        } elsif ($cmd == 0x06) {
            print "unbind\n";
            $smpp->unbind_resp(seq => $seq);
        } else {
            printf "other 0x%08x\n", $cmd;
        }
    }
}

sub submit {
    my ($smpp, $pdu, $count) = @_;
    my $text = length $pdu->{short_message} ? $pdu->{short_message} : $pdu->{message_payload} // '';
    my $to = $pdu->{destination_addr};
    printf "submit %s %s %d %d %s\n", $pdu->{source_addr} =~ s/ /_/gr, $to, $pdu->{esm_class}, $pdu->{data_coding},
        unpack 'H*', $text;
    my $part = ($pdu->{esm_class} & 0x40) ? ord substr $text, 5, 1 : 1;
    my $refused = $to =~ /404$/ || ($to =~ /405$/ && $part > 1);
    $smpp->submit_sm_resp(
        seq => $pdu->{seq}, status => $refused ? 0x0B : 0, message_id => $refused ? '' : "perl-$$-$count");
    return unless $to =~ /777$/;
    $smpp->deliver_sm(
        async => 1, source_addr => $to, destination_addr => $pdu->{source_addr}, esm_class => 0x04,
        short_message => "id:perl-$$-$count sub:001 dlvrd:001 submit date:2611240600 done date:2611240600"
            . ' stat:DELIVRD err:000 text:');
}
