import Files
import Foundation

// Run by the plugin of the same name while the package is built:
// code-digest <root of the package> <Swift file to write>
let root = URL(filePath: CommandLine.arguments[1])
let names = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)?
  .compactMap { $0 as? String }
var digests: [String: String] = [:]
for path in (names ?? []).map({ "Sources/\($0)" }) where CodeManifest.decides(path) {
  digests[path] = CodeManifest.digest(ofSource: try AtomicFile.read(root.appending(path: path)))
}
let lines = digests.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \"\($0.value)\",\n" }
let source = """
  // Written while the package is built.
  let builtFiles: [String: String] = [
  \(lines.joined())]

  """
let output = URL(filePath: CommandLine.arguments[2])
// What depends on the file is compiled again whenever it is written.
if (try? AtomicFile.read(output)) != Data(source.utf8) { try AtomicFile.write(source, to: output) }
