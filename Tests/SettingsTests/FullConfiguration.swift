@testable import Settings

/// A configuration that uses every key with another value than the default.
enum FullConfiguration {
    static let key = "$sha256$" + String(repeating: "A", count: 43)

    static let files: [String: String] = [
        "config/smppost.yaml": """
        intake:
          listen: ["0.0.0.0:443", "[::]:443"]
          path: /planfix/sms
          chat_path: /chats
          tls:
            certificate: server.crt
            key: server.key
            client_ca: ../carriers/ca.crt
          reply_within: 20s
          max_connections: 500
          max_body: 32KiB
          max_headers: 8192
          request_timeout: 5s
          idle_timeout: 2m
          max_pipelined: 4
          max_connections_per_address: 7
          max_unfinished: 2MiB
          allow_from: ["198.51.100.0/24"]
          proxy_protocol: { from: ["10.0.0.5", "2001:db8::/64"] }
          lockout: { attempts: 5, per: 1h, trusted: ["192.0.2.0/24"] }
          proven_file: ../proven
          scrypt_queue: 16
          scrypt_threads: 2
          recipient_memory: 5000
          conversation_memory: 7000
          default_language: en
        monitor:
          listen: "10.0.0.1:9000"
          tls: { enabled: true, certificate: server.crt, key: server.key }
          token_file: secrets/token
          trace_directory: ../traces
          send_every: 10s
        journal:
          url: "postgresql://smppost@127.0.0.1/smppost"
          keep_text: true
          mask_numbers: true
          retention: 90d
          in_doubt_ttl: 1h
          in_doubt_reply: accepted
          duplicate_window: 10m
          durability: process
          on_outage: refuse
          queue: 2000
          batch: 50
          log_size: 16MiB
          commit_within: 5ms
        cluster:
          name: node-1
          address: "https://node-1.example:8443"
          ca: ../carriers/ca.crt
          certificate: server.crt
          key: server.key
          database: managed
          passing: { connections: 32, queue: 200, connect_within: 2s }
        log: { level: debug, format: json }
        """,
        "config/accounts.yaml": """
        blocked: [opt-outs.txt]
        accounts:
          - name: acme
            enabled: false
            login: acme-login
            password: "\(Fixture.hash)"
            key: "\(key)"
            senders: [ACME, "7000", "+79160000000"]
            default_sender: "7000"
            sender: account
            carriers: [{ name: main, weight: 3 }]
            routes:
              - { prefix: "+7916", carriers: [main] }
              - prefix: "375"
                carriers:
                  - { name: main, weight: 1000 }
            destinations: ["7", "+375", "!77"]
            blocked: secrets/own.txt
            quota: { day: 5000, month: 100000, zone: Asia/Almaty }
            per_recipient: 5/h
            country: RU
            short_numbers: true
            class: 1
            validity: 2h
            form_fields: [class, validity]
            language: en
            rate: 600/m
            in_flight: 200
            allow_from: ["203.0.113.0/24", "2001:db8::1"]
            reply_profile: always200
            receipts:
              url: https://crm.example.net:8443/sms/receipts
              secret_file: secrets/receipts
              ca: ../carriers/ca.crt
              give_up_after: 2h
            planfix_chat:
              token: "\(key)"
              url: https://acme.planfix.example/webchat/api
              planfix_token: of PlanFix
              provider_id: our-sms
              channel: sms
              sender: ACME
              carriers: [main]
              ids: sealed
              id_key: 0123456789abcdef
              conversation_ttl: 3d
              delivered: sent
              texts: { sent: gone, delivered: "there {time}", undeliverable: "not there, {code}" }
              zone: Asia/Almaty
              attachments: refuse
              replies: { refused: 200, not_sent: 503, unknown: 400 }
              ca: ../carriers/ca.crt
              give_up_after: 3h
        """,
        "carriers/main.yaml": """
        hosts: ["smsc1.example.net:2775", "[2001:db8::1]:2776"]
        bind_from: 192.0.2.10
        tls:
          enabled: true
          ca: ca.crt
          server_name: smsc.example.net
          certificate: ../config/server.crt
          key: ../config/server.key
          verify: false
        system_id: acme
        password_file: secrets/main.password
        long_password: true
        system_type: VMA
        interface_version: "5.0"
        address_range: { ton: 1, npi: 2, range: "^7" }
        binds:
          - { kind: transmitter, count: 3, window: 30, rate: 600/m }
          - { kind: receiver }
        required: false
        window: 20
        rate: 30/s
        waiting: 50
        lanes: 2
        throttle: { pause: 2s, max: 30s, run: 4, stop: true, forget: 2m }
        breaker: { refusals: 3, pause: 3s, silence: 20s, max: 2m, quiet: 250ms }
        in_time: { least: 100ms, reserve: 1s }
        enquire_link: { every: 60s, unanswered: 3 }
        timeouts: { connect: 3s, bind: 4s, response: 6s, unbind: 500ms }
        reconnect: { first: 2s, max: 2m, refused: 3s }
        credentials_backoff: 10m
        addresses:
          alphanumeric: { ton: 0, npi: 5 }
          short: { ton: 0, npi: 1 }
          international: { ton: 2, npi: 3 }
          keep_plus: true
        sender: none
        text:
          default_alphabet: latin1
          astral: replace
          shift_tables: [turkish, spanish]
          data_coding: { latin1: 1, gsm: 241, ascii: 17, ucs2: 24 }
          long: sar
          max_parts: 3
          packed: true
          transliterate: true
          limits: { gsm_single: 150, gsm_part: 140, ucs2_single: 60, ucs2_part: 50, octets_single: 130, octets_part: 120 }
        receipts:
          { request: false, ids: hex, numbers: ignore, signs: [esm_class, text], retry_status: 0x14, known: 5000, known_for: 6h, hold: 500ms,
            lost: 500, reference: true, undecided: 50, undecided_for: 2h }
        read_ahead: 100000
        deliver: { within: 2s, queue: 50 }
        inbound: { url: https://crm.example.net/sms/inbound, secret: 0123456789abcdef0123, give_up_after: 1h, chats: { "1234": acme } }
        esm_class: 0x03
        validity: 36h
        validity_form: absolute
        partial: cancel
        tlvs:
          - { tag: 0x1400, hex: "0A ff" }
          - { tag: 0x1401, cstring: acme }
          - { tag: 0x1402, text: ab }
        priority: 2
        service_type: CMT
        protocol_id: 65
        statuses:
          "0x00000400": { http: 422, class: REQ, retry: never, ru: "Нет {c}.", en: "No." }
          "0x401": { class: TMP, retry: { times: 3, after: 2s } }
        """,
    ]

    /// The files that these name.
    static func addSecrets(to fixture: Fixture) throws {
        try fixture.write("config/secrets/token", "0123456789abcdef\n")
        try fixture.write("config/opt-outs.txt", "+7 916 123-45-67\n")
        try fixture.write("config/secrets/own.txt", "7900*\n8 916 123-45-68\n")
        try fixture.write("config/secrets/receipts", "0123456789abcdef0123\n")
        try fixture.write("carriers/secrets/main.password", "s3cret\n")
        try fixture.write("carriers/ca.crt", Fixture.certificate?.certificatePEM ?? "")
    }
}
