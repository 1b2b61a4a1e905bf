import Datasets
import Experiments
import Foundation
import Testing

@Suite("Sweep definitions in benchmarks/")
struct BenchmarkFilesTests {
  private static func read(_ name: String) throws -> Sweep {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try Sweep(contentsOf: root.appending(path: "benchmarks/sweeps/\(name).yml"))
  }

  @Test(arguments: ["smoke", "quick", "standard", "paper", "camvid"])
  func readsAndComparesAllLossesAndBackbones(name: String) throws {
    let sweep = try Self.read(name)
    #expect(sweep.name == name)
    #expect(
      sweep.losses == [
        "ce", "weighted_ce", "balanced_ce", "focal(gamma: 1)", "ohem(keep: 0.7)", "soft_iou",
        "lovasz", "recall",
      ])
    #expect(sweep.backbones == [.resnet18, .resnet101])
    let networks = Set(sweep.runs.map { $0.architecture ?? .deeplabv3 })
    let isOfPaperText = ["smoke", "paper"].contains(name)
    #expect(networks == [isOfPaperText ? .deeplabv3 : .deeplabv3plus])
    let names: [DatasetName] = name == "camvid" ? [.camvid] : [.synthia, .cityscapes]
    #expect(sweep.datasets.map(\.data.name) == names)
    #expect(sweep.runs.count == sweep.seeds.count * 16 * names.count)
    let digests = try Set(sweep.runs.map { try $0.digest })
    #expect(digests.count == sweep.runs.count)
  }

  /// Every loss of the paper in both variants, in the runs of the quick sweep.
  @Test func asPublishedPairsEveryLossWithItsVariant() throws {
    let (sweep, quick) = (try Self.read("as-published"), try Self.read("quick"))
    #expect(sweep.name == "as-published")
    let canonical = sweep.losses.filter { !$0.contains(".published") }
    #expect(canonical == quick.losses + ["recall(momentum: 0.5)"])
    #expect(
      Set(sweep.losses)
        == Set(
          canonical.flatMap { loss in
            let name = loss.prefix { $0 != "(" }
            return [loss, name + ".published" + loss.dropFirst(name.count)]
          }))
    #expect(sweep.losses.count == 18 && sweep.backbones == [.resnet18])
    let shared = quick.runs.filter { $0.backbone == .resnet18 }
    #expect(Set(shared).isSubset(of: sweep.runs))
  }

  /// Data of one's own: the description is read with the sweep, the images only when it is run.
  @Test func digitsAreDescribed() throws {
    let (sweep, quick) = (try Self.read("digits"), try Self.read("quick"))
    #expect(sweep.name == "digits" && sweep.losses == quick.losses && sweep.seeds == [1, 2, 3])
    #expect(sweep.runs.count == 24)
    let classes = try #require(sweep.runs.first?.data.folders?.classes)
    #expect(classes.count == 11 && classes.last?.name == "nine")
    // The settings are quick's but for the steps and the size.
    let own = try #require(quick.runs.first { $0.backbone == .resnet18 })
    #expect(sweep.runs.allSatisfy { $0.width == own.width && $0.architecture == own.architecture })
    #expect(
      sweep.runs.allSatisfy { $0.training.learningRate == own.training.learningRate })
  }

  /// Section III-C.
  @Test func necessityWeighsByEveryMeasure() throws {
    let sweep = try Self.read("necessity")
    #expect(sweep.name == "necessity" && sweep.seeds == [1, 2, 3])
    #expect(
      sweep.losses == [
        "ce", "recall", "precision_ce", "dice_ce", "jaccard_ce",
        "tversky_ce(alpha: 0.3, beta: 0.7)",
      ])
    #expect(sweep.runs.count == 6 * 2 * 3)
  }

  /// Recall loss in every form in which it is found, with the runs of the quick sweep.
  @Test func recallVariantsHaveTheSettingsOfQuick() throws {
    let (sweep, quick) = (try Self.read("recall-variants"), try Self.read("quick"))
    #expect(sweep.name == "recall-variants" && sweep.seeds == [1, 2, 3])
    #expect(
      sweep.losses == [
        "ce", "recall", "recall(normalize: 1)", "recall(per_image: 1)",
        "recall(normalize: 1, per_image: 1)", "recall(momentum: 0.5)", "recall(momentum: 0.9)",
        "recall.published", "recall.published(momentum: 0.5)",
      ])
    let shared = quick.runs.filter {
      ["ce", "recall"].contains($0.loss) && $0.backbone == .resnet18
    }
    #expect(shared.count == 4 && Set(shared).isSubset(of: sweep.runs))
  }

  /// Every loss gets the same runs, which differ in the learning rate alone.
  @Test func learningRatesAreTriedWithEqualBudget() throws {
    let (sweep, quick) = (try Self.read("lr-search"), try Self.read("quick"))
    #expect(sweep.name == "lr-search" && sweep.losses == quick.losses)
    #expect(sweep.runs.count == 2 * 8 * 4)
    let budgets = Set(
      sweep.losses.map { loss in
        Set(
          sweep.runs.filter { $0.loss == loss }.map {
            var run = $0
            run.loss = ""
            return run
          })
      })
    #expect(budgets.count == 1 && budgets.first?.count == 8)
  }

  /// Settings are searched with cross-entropy alone, where the test split is not read; `quick` and
  /// `camvid` have those that were tried.
  @Test(arguments: [("regime", "quick", 4), ("camvid-regime", "camvid", 2)])
  func regimeTriesCrossEntropyOnTheValidationSplit(
    search: String, chosen: String, count: Int
  ) throws {
    let (sweep, quick) = (try Self.read(search), try Self.read(chosen))
    #expect(sweep.losses == ["ce"])
    #expect(sweep.runs.allSatisfy { $0.data.evaluate == .validation })
    func settings(_ sweep: Sweep) -> Set<RunConfiguration> {
      Set(
        sweep.runs.filter { $0.loss == "ce" && $0.seed == 1 }.map {
          var run = $0
          (run.data.evaluate, run.training.validateEvery) = (.validation, nil)
          return run
        })
    }
    #expect(settings(quick).count == count && settings(quick).isSubset(of: settings(sweep)))
  }

  /// The search's trials have a seed of their own; the fixed setting is the quick sweep's.
  @Test func tunedComparesTheQuickSetting() throws {
    let (sweep, quick) = (try Self.read("tuned"), try Self.read("quick"))
    #expect(sweep.name == "tuned" && sweep.losses == quick.losses)
    let tuning = try #require(sweep.tuning)
    #expect(tuning.trials == 6 && Set(tuning.seeds).isDisjoint(with: sweep.seeds))
    #expect(sweep.datasets.allSatisfy { tuning.learningRates.contains($0.training.learningRate) })
  }

  /// Notes on the authors' configuration: Adam's rates, iterations, batch, sizes.
  @Test func paperHasTheAuthorsSettings() throws {
    let sweep = try Self.read("paper")
    let (synthia, cityscapes) = (sweep.datasets[0], sweep.datasets[1])
    #expect(sweep.width == 1)
    #expect(synthia.training.learningRate == 1e-3)
    #expect(synthia.training.iterations == 100_000)
    #expect(cityscapes.training.learningRate == 1e-4)
    #expect(cityscapes.training.iterations == 90_000)
    for entry in [synthia, cityscapes] {
      #expect(entry.data.source == .real)
      #expect(entry.training.batch == 6)
      #expect(entry.training.checkpoint == .best)
    }
    #expect(synthia.data.height == 384 && synthia.data.width == 768)
    #expect(synthia.data.augmentation == .none && synthia.data.void == .counts)
    #expect(cityscapes.data.height == 769 && cityscapes.data.width == 769)
    #expect(cityscapes.data.evaluateHeight == 1024)
    #expect(cityscapes.data.evaluateWidth == 2048)
    #expect(cityscapes.data.augmentation == .cityscapes)
  }
}
