import Experiments

/// Distinguishes PyTorch losses that have the same name but different files: tables call them
/// `torch:NAME@` and the first eight digits of the file's digest.
struct TorchNames {
  private let ambiguous: Set<String>

  init(_ configurations: [RunConfiguration]) {
    let all = Set(configurations.compactMap(\.torch))
    ambiguous = Set(
      Dictionary(grouping: all, by: \.notation).filter { $0.value.count > 1 }.keys)
  }

  func renamed(_ configuration: RunConfiguration) -> RunConfiguration {
    guard let torch = configuration.torch, ambiguous.contains(torch.notation) else {
      return configuration
    }
    var renamed = configuration
    renamed.loss = "\(torch.notation)@\(torch.sha256.prefix(8))"
    return renamed
  }
}
