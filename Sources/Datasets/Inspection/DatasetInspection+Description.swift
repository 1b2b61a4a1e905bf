import Files
import Foundation

extension DatasetInspection: CustomStringConvertible {
  /// Readable text: counts and sizes, a table of class shares, and one problem per line.
  package var description: String {
    ([dataset.rawValue] + splits.map(line) + [""] + table + [""] + problemLines)
      .joined(separator: "\n")
  }

  private func line(_ summary: SplitSummary) -> String {
    let name = pad(summary.split.rawValue, 10)
    if let reason = summary.unavailable { return "  \(name)  \(reason)" }
    let sizes = summary.sizes.map { "\($0.width) x \($0.height) (\($0.images))" }
    return "  \(name) \(pad("\(summary.images)", 6, left: true)) images"
      + (sizes.isEmpty ? "" : "  " + sizes.joined(separator: ", "))
  }

  private var table: [String] {
    let shown = splits.filter { $0.unavailable == nil }
    let width = (classNames.map(\.count) + [14]).max() ?? 14
    func row(_ title: String, _ cells: [String]) -> String {
      "  " + pad(title, width) + cells.map { pad($0, 12, left: true) }.joined()
    }
    func percent(_ value: Double) -> String { String(format: "%.2f", value) }
    let classes = classNames.indices.map { c in
      row(classNames[c], shown.map { percent($0.classShares[c]) })
    }
    return [row("% of valid", shown.map(\.split.rawValue))] + classes
      + [row("void, % of all", shown.map { percent($0.voidShare) })]
  }

  private var problemLines: [String] {
    if problems.isEmpty, remarks.isEmpty { return ["No problems found."] }
    return lines("problem", problems) + lines("remark", remarks)
  }

  /// Remarks alone are no reason for an exit status of 1.
  private func lines(_ what: String, _ errors: [UserError]) -> [String] {
    if errors.isEmpty { return [] }
    return ["\(errors.count) \(what)\(errors.count == 1 ? "" : "s"):"] + errors.map { "  \($0)" }
  }

  private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }
}
