import Datasets
import Files
import Foundation
import Models

/// Command-line values that override the fields of a sweep file; nil keeps the file's value.
package struct SweepOverrides: Hashable, Sendable {
  package var seeds: [UInt64]?
  /// As users write them; see `LossChoice`.
  package var losses: [String]?
  /// Losses written in PyTorch: appended to `losses` or, if that is nil, used instead of the
  /// file's.
  package var torch: [TorchLossFile] = []
  package var backbones: [Backbone]?
  package var architecture: Architecture?
  /// The subset of the file's data sets to use.
  package var datasets: [DatasetName]?
  /// Folders of real data, which replace rendered stand-ins.
  package var paths: [DatasetName: URL] = [:]
  /// Descriptions of data sets, which replace those in the file.
  package var described: [DatasetName: FolderDescription] = [:]
  /// The environment, which may say where data sets are; see `DatasetName.variable`.
  package var environment: [String: String] = [:]
  /// Files of pretrained weights by backbone; the key nil stands for the only backbone.
  package var pretrained: [Backbone?: URL] = [:]
  /// Whether to allow partial loading even if the file does not.
  package var pretrainedPartial = false

  package init() {}

  /// Whether the overrides add or remove runs compared with the file.
  package var changesRuns: Bool {
    seeds != nil || losses != nil || backbones != nil || architecture != nil || datasets != nil
      || !torch.isEmpty
  }
}

extension Sweep {
  /// - Throws: `UserError` if the overrides do not fit the sweep, or real data has no path.
  package mutating func apply(_ overrides: SweepOverrides) throws(UserError) {
    seeds =
      try overrides.seeds.map { value throws(UserError) in
        try unique(value, "seed")
      } ?? seeds
    backbones =
      try overrides.backbones.map { value throws(UserError) in
        try unique(value, "backbone")
      } ?? backbones
    if let chosen = overrides.architecture {
      architecture = chosen
      for index in settings.indices { settings[index].architecture = nil }
    }
    try checkSettings()
    if overrides.losses != nil || !overrides.torch.isEmpty {
      var choices: [LossChoice] = []
      for loss in overrides.losses ?? [] { choices.append(try LossChoice(loss)) }
      choices += overrides.torch.map(LossChoice.torch)
      torch = try choices.torchFiles
      losses = try unique(choices.map(\.notation), "loss")
    }
    try findPretrained(overrides)
    if let names = overrides.datasets {
      let there = datasets.map(\.data.name)
      for name in try unique(names, "data set") where !there.contains(name) {
        throw UserError(
          path: file,
          problem: "has no data set \(name); it has "
            + there.map(\.rawValue).joined(separator: ", "))
      }
      datasets.removeAll { !names.contains($0.data.name) }
    }
    for name in (Array(overrides.paths.keys) + overrides.described.keys).sorted()
    where !datasets.contains(where: { $0.data.name == name }) {
      let option = overrides.paths[name] == nil ? "data" : name.rawValue
      throw UserError(
        path: file, problem: "has no data set \(name) for --\(option)")
    }
    try checkCount()
    replacesStandIns = datasets.contains {
      $0.data.source == .rendered && overrides.paths[$0.data.name] != nil
    }
    for index in datasets.indices { try datasets[index].locate(overrides, in: file) }
  }

  /// Finds the pretrained weights of the sweep's backbones.
  private mutating func findPretrained(_ overrides: SweepOverrides) throws(UserError) {
    let partial = pretrainedPartial || overrides.pretrainedPartial
    addsPretrained =
      pretrainedPaths.isEmpty && !pretrainedPartial && !overrides.pretrained.isEmpty
    for (backbone, url) in overrides.pretrained {
      if let backbone {
        guard backbones.contains(backbone) else {
          throw UserError(
            path: file, problem: "has no backbone \(backbone), which --pretrained names")
        }
        pretrainedPaths[backbone] = url
      } else {
        guard backbones.count == 1 else {
          throw UserError(
            "name the backbone of the weights: --pretrained \(backbones[0])=\(url.relativePath)")
        }
        pretrainedPaths[backbones[0]] = url
      }
    }
    for backbone in backbones {
      guard let url = pretrainedPaths[backbone] else { continue }
      do throws(UserError) {
        pretrained[backbone] = try PretrainedFile(url, partial: partial)
      } catch {
        throw UserError(
          "pretrained weights of \(backbone): \(error); give the file with --pretrained "
            + "\(backbone)=FILE")
      }
    }
    if pretrainedPartial && pretrained.isEmpty {
      throw UserError(
        path: file,
        problem: "starts from pretrained weights: give their file with --pretrained "
          + "\(backbones[0])=FILE")
    }
    if partial && pretrained.isEmpty {
      throw UserError("--pretrained-partial needs --pretrained with a weights file")
    }
  }

  private func unique<Element: Hashable>(
    _ values: [Element], _ what: String
  ) throws(UserError) -> [Element] {
    guard !values.isEmpty else { throw UserError("no \(what) is selected") }
    var seen: Set<Element> = []
    for value in values where !seen.insert(value).inserted {
      throw UserError("\(what) \(value) is selected twice")
    }
    return values
  }
}
