/// A self-signed certificate for localhost that was good in January 2020 only. `openssl req` cannot make one.
enum ExpiredCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBEzCBu6ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxv
        Y2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH6A3jJ8NbDDZXx9UpeQ
        yGLpp+iUAiGc0xBM9QQDTIWsbPMjuEKWRXP4KZmt3Pc1oORoo71/7jELd2+Fl/4s
        UzEwCgYIKoZIzj0EAwIDRwAwRAIgXWhTG5R0AAYGXQ//1MS2zi2tJfUJrKBmw4Gy
        bGroR5UCIDuF8EXUeILnzEnn8Xnxo3g1Ra8nCeY6X2kq3aGApqKD
        -----END CERTIFICATE-----

        """

    /// Protects nothing.
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJAOPN+KeMZKRV8vD
        pYjL4foPvoWrSAD+gGAU8A6iq92hRANCAAR+gN4yfDWww2V8fVKXkMhi6afolAIh
        nNMQTPUEA0yFrGzzI7hClkVz+CmZrdz3NaDkaKO9f+4xC3dvhZf+LFMx
        -----END PRIVATE KEY-----

        """
}
