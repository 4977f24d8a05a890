import Foundation

/// Where the configuration lies, when the command line does not say so.
///
///     config:    --config, else $SMPPOST_CONFIG, else ./config, else /etc/smppost
///     carriers:  --carriers, else `carriers` in that folder, else `carriers` beside it
package struct ConfigurationPlace: Hashable, Sendable {
    /// The environment variable that names the folder.
    package static let variable = "SMPPOST_CONFIG"
    /// The folder of an installed machine.
    package static let installed = "/etc/smppost"

    /// The folder with `smppost.yaml` and `accounts.yaml`.
    package let config: String
    /// The folder with one `NAME.yaml` for each carrier.
    package let carriers: String

    /// - Parameters:
    ///   - config: what the command line says.
    ///   - carriers: what it says.
    ///   - isFolder: whether there is a folder at a path.
    package init(
        config: String?, carriers: String?, environment: [String: String], isFolder: (String) -> Bool
    ) {
        let named = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        let config = config ?? named ?? (isFolder("config") || !isFolder(Self.installed) ? "config" : Self.installed)
        let inside = FileProbe.join(config, "carriers")
        self.config = config
        self.carriers = carriers ?? (isFolder(inside) ? inside : Self.beside(config))
    }

    /// The same by this machine's files.
    package init(config: String?, carriers: String?, environment: [String: String]) {
        self.init(config: config, carriers: carriers, environment: environment) { path in
            (try? FileProbe(path: path))?.kind == .directory
        }
    }

    private static func beside(_ config: String) -> String {
        FileProbe.join((config as NSString).deletingLastPathComponent, "carriers")
    }
}
