import NIOCore

extension SimulatorShard {
    /// Sends a new delivery at the first tick after a time.
    func schedule(new item: DeliverySchedule.Item, after time: NIODeadline) {
        count(item.delivery) { $0.waiting += 1 }
        schedule(item, after: time)
    }

    /// Sends a delivery that is counted as waiting.
    func schedule(_ item: DeliverySchedule.Item, after time: NIODeadline) {
        let tick = DeliverySchedule.tick(after: time)
        switch deliveries.add(item, at: tick) {
        case .first:
            eventLoop.assumeIsolated().scheduleTask(deadline: DeliverySchedule.due(tick)) {
                self.deliveriesAreDue(tick)
            }
        case .another: break
        case .noRoom: drop(item.delivery)
        }
    }

    private func deliveriesAreDue(_ tick: UInt64) {
        var batches: [ObjectIdentifier: (mailbox: Mailbox, deliveries: [Delivery])] = [:]
        for item in deliveries.take(tick) {
            if hasCancelled, let id = item.messageID, isCancelled(id) {
                // Its sender was told so when it was cancelled.
                count(item.delivery) { $0.waiting -= 1 }
                continue
            }
            batches[ObjectIdentifier(item.mailbox), default: (item.mailbox, [])].deliveries.append(item.delivery)
        }
        for batch in batches.values { post(batch.deliveries, to: batch.mailbox) }
    }

    /// Hands deliveries to the binds of a mailbox: one hop for each bind on another event loop.
    ///
    /// - Parameter together: all go to one bind.
    func post(_ deliveries: [Delivery], to mailbox: Mailbox, together: Bool = false) {
        let assignment = mailbox.assign(deliveries, together: together)
        for delivery in assignment.dropped { drop(delivery) }
        for (receiver, deliveries) in assignment.batches {
            if receiver.shard.index == index {
                hand(deliveries, to: receiver, of: mailbox)
            } else {
                receiver.shard.eventLoop.execute {
                    receiver.shard.bound.value.hand(deliveries, to: receiver, of: mailbox)
                }
            }
        }
    }

    /// The bind may have gone since: then others get them. It has left the mailbox before, so this ends.
    private func hand(_ deliveries: [Delivery], to receiver: Mailbox.Receiver, of mailbox: Mailbox) {
        if let session = receivers[receiver.bind] {
            session.deliver(deliveries)
        } else {
            post(deliveries, to: mailbox)
        }
    }

    /// Gives a delivery up.
    func drop(_ delivery: Delivery) {
        count(delivery) { counts in
            counts.dropped += 1
            counts.waiting -= 1
        }
    }

    /// Counts for its kind, and for the run whose messages it is about.
    func count(_ delivery: Delivery, _ change: (inout DeliveryCounts) -> Void) {
        change(&statistics[delivery.kind])
        if delivery.message > runBegan { change(&statistics.runReceipts) }
    }
}
