import Datasets
import Experiments
import Foundation
import Models
import TestSupport
import Testing

/// docs/sweep-file.md has every key, and its examples are sweeps.
@Suite struct SweepFilePageTests {
  private let page: SweepFilePage

  init() throws { page = try SweepFilePage() }

  private static func heading(_ section: SweepSection) -> String {
    switch section {
    case .file: "The file"
    case .dataset: "`datasets`"
    default: "`\(section.rawValue)`"
    }
  }

  /// - Parameter section: whose keys the table below its heading has, in any order.
  @Test(arguments: SweepSection.allCases)
  func everyKeyIsDocumented(section: SweepSection) {
    let documented = page.rows(below: Self.heading(section)).map(\.key)
    let known = section.keys + (section == .dataset ? [SweepSection.description] : [])
    #expect(documented.sorted() == known.sorted())
    #expect(page.rows(below: Self.heading(section)).allSatisfy { !$0.row.contains("|  |") })
  }

  /// A key that takes one of a few words lists them all.
  @Test func everyChoiceIsDocumented() {
    func row(_ key: String, in section: SweepSection) -> String {
      page.rows(below: Self.heading(section)).first { $0.key == key }?.row ?? ""
    }
    let choices: [(String, SweepSection, [String])] = [
      ("backbones", .file, Backbone.allCases.map(\.rawValue)),
      ("architecture", .network, Architecture.allCases.map(\.rawValue)),
      ("architecture", .settings, Architecture.allCases.map(\.rawValue)),
      ("checkpoint", .training, ["last", "best"]),
      ("optimizer", .training, OptimizerConfiguration.Name.allCases.map(\.rawValue)),
      ("schedule", .training, LearningRateSchedule.Shape.allCases.map(\.rawValue)),
      ("augmentation", .dataset, Augmentation.allCases.map(\.rawValue)),
      ("split", .dataset, SplitScheme.allCases.map(\.rawValue)),
      ("evaluate", .dataset, Split.allCases.map(\.rawValue)),
      ("void", .dataset, VoidRule.allCases.map(\.rawValue)),
      ("source", .dataset, ["real", "rendered", "folders"]),
    ]
    for (key, section, words) in choices {
      for word in words {
        #expect(row(key, in: section).contains("`\(word)`"), "\(key): \(word)")
      }
    }
  }

  @Test func theExamplesAreSweeps() throws {
    #expect(page.sweeps.count == 10)
    for text in page.sweeps {
      var sweep = try Sweep(yaml: text, file: "docs/example.yml")
      try sweep.apply(SweepOverrides())
      #expect(!sweep.runs.isEmpty, "\(text)")
    }
  }

  /// Which is what the page says of its last example.
  @Test func defaultsWrittenOutAreTheSameRuns() throws {
    let (first, last) = (page.examples[0], try #require(page.examples.last))
    let plain = try Sweep(yaml: first, file: "t.yml")
    #expect(try Sweep(yaml: last, file: "t.yml") == plain)
    for (section, group) in [("network", SweepSection.network), ("training", .training)] {
      let written = group.keys.filter { last.contains("\($0): ") }
      // What has no default, or is nothing by default.
      let absent = ["pretrained", "validate_every", "power", "warmup_factor"]
      #expect(Set(written).union(absent).isSuperset(of: group.keys), "\(section)")
    }
  }
}
