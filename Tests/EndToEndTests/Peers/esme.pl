#!/usr/bin/perl
# An ESME by Net::SMPP, against `smppost simulate`.
#
# Usage: esme.pl PORT SYSTEM_ID PASSWORD
# Prints a line for each thing that went as it must; dies at the first that did not.
use strict;
use warnings;
use Net::SMPP;

my ($port, $system_id, $password) = @ARGV;
$| = 1;

sub expect {
    my ($name, $fine) = @_;
    die "not as it must be: $name\n" unless $fine;
    print "ok $name\n";
}

sub bound {
    my ($kind, $secret) = @_;
    my $method = "new_$kind";
    my ($smpp, $answer) = Net::SMPP->$method(
        '127.0.0.1', port => $port, system_id => $system_id, password => $secret, smpp_version => 0x34,
        interface_version => 0x34, timeout => 10);
    return ($smpp, $answer);
}

my (undef, $refused) = bound('transceiver', 'wrong');
expect('wrong password is 0x0E', $refused && $refused->{status} == 0x0E);

for my $kind ('transmitter', 'receiver', 'transceiver') {
    my ($smpp, $answer) = bound($kind, $password);
    expect("bind_$kind", $answer && $answer->{status} == 0 && length $answer->{system_id});
    my $ended = $smpp->unbind;
    expect("unbind $kind", $ended && $ended->{status} == 0);
}

my ($smpp) = bound('transceiver', $password);
my %common = (source_addr_ton => 5, source_addr_npi => 0, source_addr => 'PERL', dest_addr_ton => 1, dest_addr_npi => 1);
my $sent = $smpp->submit_sm(%common, destination_addr => '79161234567', short_message => 'Hello from Perl');
expect('submit_sm', $sent && $sent->{status} == 0 && length $sent->{message_id});

my $state = $smpp->query_sm(message_id => $sent->{message_id}, source_addr_ton => 5, source_addr => 'PERL');
expect('query_sm', $state && $state->{status} == 0 && $state->{message_id} eq $sent->{message_id});

my $wrong = $smpp->submit_sm(%common, destination_addr => '79161660011', short_message => 'x');
expect('refusal 0x0B', $wrong && $wrong->{status} == 0x0B);

for my $part (1 .. 3) {
    my $udh = pack 'CCCCCC', 5, 0, 3, 77, 3, $part;
    my $long = $smpp->submit_sm(
        %common, destination_addr => '79161234568', esm_class => 0x40, data_coding => 8,
        short_message => $udh . ("\x04\x16" x 60));
    expect("part $part", $long && $long->{status} == 0);
}

my $alive = $smpp->enquire_link;
expect('enquire_link', $alive && $alive->{status} == 0);

# A hundred submits before the first answer is read: every sequence number is answered once.
my %open;
for my $number (1 .. 100) {
    my $seq = $smpp->submit_sm(
        %common, async => 1, destination_addr => '79161234569', short_message => "Number $number");
    $open{$seq} = 1;
}
while (%open) {
    my $answer = $smpp->read_pdu or die "the connection ended\n";
    next unless $answer->{cmd} == 0x80000004;
    die "sequence $answer->{seq} was answered twice or never sent\n" unless delete $open{$answer->{seq}};
    die "status $answer->{status}\n" unless $answer->{status} == 0;
}
expect('hundred in flight', 1);
expect('unbind', $smpp->unbind);
