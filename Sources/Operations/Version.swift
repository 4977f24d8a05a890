/// What `--version`, the monitor and the metrics tell.
package enum Version {
    package static let text = "0.1.0"
}
