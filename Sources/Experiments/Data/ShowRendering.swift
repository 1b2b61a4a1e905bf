import Datasets
import Files

/// Shows the progress of rendering a stand-in on standard output: in one line on a terminal, or
/// else in four lines.
package func showRendering(of name: DatasetName, _ done: Int, _ total: Int) {
  let text = "rendering \(name): \(done)/\(total)"
  if Terminal.columns != nil {
    Terminal.write("\r\u{1b}[K\(text)\(done == total ? "\n" : "")")
  } else if done == total || done % max(1, total / 4) == 0 {
    Terminal.write(text + "\n")
  }
}
