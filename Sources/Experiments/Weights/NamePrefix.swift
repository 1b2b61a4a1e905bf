/// What stands before torchvision's names in a file of weights: `module.` of `torch.nn.DataParallel`,
/// `model.` of PyTorch Lightning, `encoder.` of a larger network, or nothing.
struct NamePrefix {
  private(set) var prefix = ""
  /// Whether the names are those of a whole network, such as `backbone.conv1.weight`, and not of a
  /// backbone alone.
  private(set) var isWhole = false

  private static let wrapper = "module."
  private static let backbone = "backbone."

  /// - Parameter targets: the network's names.
  init(_ names: [String], targets: [String]) {
    let targets = Set(targets)
    if !names.isEmpty, names.allSatisfy({ $0.hasPrefix(Self.wrapper) }) { prefix = Self.wrapper }
    isWhole = names.contains { $0.hasPrefix(prefix + Self.backbone) }
    let isKnown = names.contains { name in
      name.hasPrefix(prefix) && targets.contains(full(name))
    }
    if !isKnown { find(names, targets) }
  }

  private struct Candidate: Hashable {
    var prefix: String
    var isWhole: Bool
  }

  /// Takes the prefix under which most names are the network's, the shorter one where two have as many.
  private mutating func find(_ names: [String], _ targets: Set<String>) {
    var found: [Candidate: Int] = [:]
    let longest = targets.map(\.utf8.count).max() ?? 0
    for name in names {
      // A hostile name may be long and consist of dots.
      let ending = name.suffix(longest + 1)
      for dot in ending.indices where ending[dot] == "." {
        let (prefix, rest) = (String(name[...dot]), String(name[name.index(after: dot)...]))
        if targets.contains(rest) {
          found[Candidate(prefix: prefix, isWhole: true), default: 0] += 1
        }
        if targets.contains(Self.backbone + rest) {
          found[Candidate(prefix: prefix, isWhole: false), default: 0] += 1
        }
      }
    }
    let best = found.max { a, b in
      (a.value, b.key.prefix.count, b.key.prefix) < (b.value, a.key.prefix.count, a.key.prefix)
    }
    if let best { (prefix, isWhole) = (best.key.prefix, best.key.isWhole) }
  }

  private func full(_ name: String) -> String {
    isWhole ? plain(name) : Self.backbone + plain(name)
  }

  /// A name without the prefix; as it is where it has another one.
  func plain(_ name: String) -> String {
    name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }
}
