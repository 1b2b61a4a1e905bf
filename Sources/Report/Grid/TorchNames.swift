import Experiments

/// The names of PyTorch losses in tables: what their authors call them.
///
/// Losses that have the same name but different files are told apart: tables call them `NAME@` and the
/// first eight digits of the file's digest. One that is called as a built-in loss keeps the prefix
/// `torch:`.
struct TorchNames {
  private let ambiguous: Set<String>
  private let builtIn: Set<String>

  init(_ configurations: [RunConfiguration]) {
    let all = Set(configurations.compactMap(\.torch))
    ambiguous = Set(
      Dictionary(grouping: all, by: \.notation).filter { $0.value.count > 1 }.keys)
    let others = configurations.filter { $0.torch == nil }.map { LossName(notation: $0.loss).base }
    builtIn = Set(others + LossName.canonical)
  }

  func renamed(_ configuration: RunConfiguration) -> RunConfiguration {
    guard let torch = configuration.torch else { return configuration }
    var renamed = configuration
    renamed.loss = builtIn.contains(torch.name) ? torch.notation : torch.title
    if ambiguous.contains(torch.notation) { renamed.loss += torch.versionMark }
    return renamed
  }
}
