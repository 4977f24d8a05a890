import TLS

extension MappingReader {
    /// Certificate and key files are not larger than this.
    private static var maximumPEM: Int { 1024 * 1024 }

    /// The paths below `certificate` and `key`, which come together; the files are read, matched and their dates
    /// looked at. Nil where both are missing, or after a report.
    ///
    /// - Parameter end: what an expired certificate is.
    func certificatePair(context: LoadContext, end: Expired = .problem) -> (certificate: String, key: String)? {
        let certificate = filePath("certificate")
        let key = filePath("key")
        if has("certificate"), !has("key") { missing("key", hint: "it belongs to \"certificate\"") }
        if has("key"), !has("certificate") { missing("certificate", hint: "it belongs to \"key\"") }
        guard let certificate, let key else { return nil }
        guard context.looksIntoCertificates else { return (certificate.path, key.path) }
        let isCertificateThere = isReadable(certificate, named: "certificate")
        let isKeyThere = isReadable(key, named: "key")
        if isKeyThere, (try? FileProbe(path: key.path))?.isOpenToOthers == true {
            log.warning("\"key\": \(key.path) \(SecretFile.openToOthers)", at: key.place)
        }
        if isCertificateThere, checkDates(certificate, named: "certificate", end, now: context.now), isKeyThere {
            do throws(TLSError) {
                try CertificateFile.checkPair(certificateFile: certificate.path, keyFile: key.path)
            } catch {
                log.problem(
                    "\"key\": \(key.path) cannot be used with \(certificate.path): \(error.reason)", at: key.place)
            }
        }
        return (certificate.path, key.path)
    }

    /// The path below `key`: a file with certificates of authorities. Nil where the key is missing or after a report.
    func authorityFile(_ key: String, context: LoadContext, end: Expired = .problem) -> String? {
        guard let file = filePath(key) else { return nil }
        guard context.looksIntoCertificates else { return file.path }
        guard isReadable(file, named: key) else { return nil }
        return checkDates(file, named: key, end, now: context.now) ? file.path : nil
    }

    /// What a certificate is that has ended.
    enum Expired {
        /// Without it nothing can be served.
        case problem
        /// One carrier is down, with its reason on the page and in the log; the others are not.
        case warning
    }

    /// SHA-256 of each file that is there; what cannot be read was told when its key was.
    static func contents(of paths: [String?]) -> [KeyHash] {
        paths.compactMap { path in
            path.flatMap { try? FileProbe.read(path: $0, limit: maximumPEM) }.map(KeyHash.init(hashing:))
        }
    }

    private func isReadable(_ file: (path: String, place: Place), named name: String) -> Bool {
        do throws(FileProblem) {
            let bytes = try FileProbe.read(path: file.path, limit: Self.maximumPEM)
            if bytes.isEmpty { throw FileProblem(reason: "is empty") }
            return true
        } catch {
            let isFirstStart = path == "smppost.intake.tls" && name == "certificate"
            let hint =
                isFirstStart && (try? FileProbe(path: file.path)) == nil
                ? "; make one with: smppost certificate --self-signed HOST" : ""
            log.problem("\"\(name)\": \(file.path) \(error.reason)\(hint)", at: file.place)
            return false
        }
    }

    /// Reports an expired certificate and one that soon will be; false where there is none in the file.
    private func checkDates(
        _ file: (path: String, place: Place), named name: String, _ end: Expired, now: Int64
    ) -> Bool {
        do throws(TLSError) {
            let left = try CertificateFile.expiry(of: file.path) - now
            if left <= 0 {
                let words = "\"\(name)\": \(file.path) has expired, \(Self.days(-left)) ago"
                switch end {
                case .problem: log.problem(words, at: file.place)
                case .warning: log.warning(words + ": this carrier will be down until it is renewed", at: file.place)
                }
            } else if left <= CertificateStage.notice {
                log.warning("\"\(name)\": \(file.path) expires in \(Self.days(left))", at: file.place)
            }
            return true
        } catch {
            log.problem("\"\(name)\": \(file.path) is not a certificate in PEM: \(error.reason)", at: file.place)
            return false
        }
    }

    /// Whole days, or hours where there is none.
    private static func days(_ seconds: Int64) -> String {
        let (count, unit) = seconds >= 86_400 ? (seconds / 86_400, "day") : (seconds / 3600, "hour")
        return count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}
