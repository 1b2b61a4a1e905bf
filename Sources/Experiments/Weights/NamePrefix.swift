/// What stands before torchvision's names in a file of weights: `module.` of `torch.nn.DataParallel`,
/// `model.` of PyTorch Lightning, `encoder.` of a larger network, or nothing.
struct NamePrefix {
  private(set) var prefix = ""
  /// Whether the names are those of a whole network, such as `backbone.conv1.weight`, and not of a
  /// backbone alone.
  private(set) var isWhole = false
  /// Prefixes of further copies of the network, in the order of the file. Which copy is meant must be
  /// clear from elsewhere.
  private(set) var rivals: [Candidate] = []
  /// Prefixes of averages of the network's weights over training, which are left out.
  private(set) var averages: [Candidate] = []

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

  struct Candidate: Hashable {
    var prefix: String
    var isWhole: Bool

    /// How the file calls a tensor of the network.
    func name(of target: String) -> String {
      prefix + (isWhole ? target : String(target.dropFirst(NamePrefix.backbone.count)))
    }

    /// What stands before the backbone's own names: the same network has two candidates, as a whole and
    /// as its backbone.
    var root: String { isWhole ? prefix + NamePrefix.backbone : prefix }

    /// Whether the names are those of weights that were averaged over training.
    var isAverage: Bool {
      prefix.lowercased().split { !$0.isLetter && !$0.isNumber }
        .contains { ["ema", "swa", "averaged"].contains($0) }
    }
  }

  /// Takes the prefix under which most names are the network's, the first in the file where two have as many.
  private mutating func find(_ names: [String], _ targets: Set<String>) {
    var found: [Candidate: Int] = [:]
    var order: [Candidate] = []
    let longest = targets.map(\.utf8.count).max() ?? 0
    func add(_ candidate: Candidate) {
      if found[candidate] == nil { order.append(candidate) }
      found[candidate, default: 0] += 1
    }
    for name in names {
      // A hostile name may be long and consist of dots.
      let ending = name.suffix(longest + 1)
      for dot in ending.indices where ending[dot] == "." {
        let (prefix, rest) = (String(name[...dot]), String(name[name.index(after: dot)...]))
        if targets.contains(rest) { add(Candidate(prefix: prefix, isWhole: true)) }
        if targets.contains(Self.backbone + rest) {
          add(Candidate(prefix: prefix, isWhole: false))
        }
      }
    }
    let counted = order.map { (candidate: $0, count: found[$0] ?? 0) }
    func best(_ candidates: [(candidate: Candidate, count: Int)]) -> Candidate? {
      candidates.max { $0.count < $1.count }?.candidate
    }
    guard var chosen = best(counted), let most = found[chosen] else { return }
    let copies = Self.copies(of: chosen, most, counted, targets)
    if chosen.isAverage, let plain = best(copies.filter { !$0.candidate.isAverage }) {
      chosen = plain
    }
    (prefix, isWhole) = (chosen.prefix, chosen.isWhole)
    let others = copies.map(\.candidate).filter { $0.root != chosen.root }
    rivals = Self.networks(others.filter { !$0.isAverage || chosen.isAverage })
    averages = Self.networks(others.filter { $0.isAverage && !chosen.isAverage })
  }

  /// Candidates that match about as many names as the best one, itself included, where that has many of
  /// the network's.
  private static func copies(
    of best: Candidate, _ most: Int, _ counted: [(candidate: Candidate, count: Int)],
    _ targets: Set<String>
  ) -> [(candidate: Candidate, count: Int)] {
    let needed = targets.count { $0.hasPrefix(backbone) } / 4
    guard most >= max(needed, 1) else { return [] }
    return counted.filter { 10 * $0.count >= 9 * most || $0.candidate == best }
  }

  /// One for each network: that of the whole, which is found first.
  private static func networks(_ candidates: [Candidate]) -> [Candidate] {
    var roots: Set<String> = []
    return candidates.filter { roots.insert($0.root).inserted }
  }

  /// The one taken.
  var candidate: Candidate { Candidate(prefix: prefix, isWhole: isWhole) }

  private func full(_ name: String) -> String {
    isWhole ? plain(name) : Self.backbone + plain(name)
  }

  /// A name without the prefix; as it is where it has another one.
  func plain(_ name: String) -> String {
    name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }
}
