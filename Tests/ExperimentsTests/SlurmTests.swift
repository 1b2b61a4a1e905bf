import Datasets
import Experiments
import Files
import Foundation
import Models
import TestSupport
import Testing

@Suite("Slurm")
struct SlurmTests {
  @Test(arguments: [
    ("5", 300), ("1:30", 90), ("2:00:00", 7200), ("1-0", 86_400), ("1-2:30", 95_400),
    ("0-0:0:10", 10),
  ])
  func timesAreThoseOfSbatch(text: String, seconds: Int) {
    #expect(SlurmTime.seconds(text) == seconds)
  }

  @Test(arguments: ["", "soon", "1-", "1:2:3:4", "-5", "1-2-3", "99999999999", "1:-3"])
  func whatIsNoTimeIsNone(text: String) { #expect(SlurmTime.seconds(text) == nil) }

  @Test func warningComesBeforeTheLimitOfAnyJob() {
    #expect(SlurmTime.warning(of: 86_400) == 300)
    #expect(SlurmTime.warning(of: 600) == 200)
    #expect(SlurmTime.warning(of: 60) == 20)
  }

  private func run(
    _ architecture: Architecture, _ backbone: Backbone, width: Double, batch: Int, _ height: Int,
    _ imageWidth: Int, iterations: Int = 3
  ) -> RunConfiguration {
    var run = exampleConfiguration()
    run.architecture = architecture == .deeplabv3 ? nil : architecture
    (run.backbone, run.width, run.training.batch) = (backbone, width, batch)
    (run.data.height, run.data.width, run.training.iterations) = (height, imageWidth, iterations)
    return run
  }

  /// The peaks that docs/cluster.md lists were measured with whole commands.
  @Test func memoryAskedForIsMoreThanWasMeasured() {
    let measured: [(RunConfiguration, Double)] = [
      (run(.deeplabv3, .resnet18, width: 0.0625, batch: 4, 32, 64), 41),
      (run(.deeplabv3, .resnet18, width: 0.25, batch: 6, 96, 192), 81),
      (run(.deeplabv3plus, .resnet18, width: 0.25, batch: 6, 128, 256), 109),
      (run(.deeplabv3plus, .resnet101, width: 0.125, batch: 6, 128, 256), 128),
      (run(.deeplabv3plus, .resnet101, width: 0.25, batch: 6, 128, 256), 224),
      (run(.deeplabv3, .resnet18, width: 1, batch: 2, 96, 192), 372),
      (run(.deeplabv3, .resnet101, width: 1, batch: 2, 96, 192), 1280),
      (run(.deeplabv3, .resnet18, width: 1, batch: 2, 384, 768), 922),
      (run(.deeplabv3, .resnet101, width: 1, batch: 2, 384, 768), 3238),
      (run(.deeplabv3plus, .resnet18, width: 1, batch: 2, 384, 768), 1079),
      (run(.deeplabv3plus, .resnet101, width: 1, batch: 2, 384, 768), 2378),
    ]
    for (run, megabytes) in measured {
      let asked = Double(RunResources(run).memory)
      #expect(asked >= 1.1 * megabytes && asked <= 2 * megabytes + 1024, "\(run.label): \(asked)")
    }
  }

  @Test func longRunsGetMoreCoresAndAtMostADay() {
    let short = RunResources(run(.deeplabv3, .resnet18, width: 0.25, batch: 6, 96, 192))
    #expect(short == RunResources(exampleConfiguration()))
    #expect(short.cpus == 1 && short.memory == 512 && short.minutes == 30)
    let paper = RunResources(
      run(.deeplabv3, .resnet101, width: 1, batch: 6, 384, 768, iterations: 100_000))
    #expect(paper.cpus == 8 && paper.minutes == 1440)
    #expect(
      RunResources(
        run(.deeplabv3, .resnet18, width: 0.25, batch: 6, 96, 192, iterations: 20_000), cpus: 3
      ).cpus == 3)
  }

  @Test func arraysGroupRunsByNeedWithTheLongestFirst() throws {
    let temporary = try TemporaryFolder()
    let folder = SweepFolder(temporary.url)
    let runs = try [
      run(.deeplabv3, .resnet18, width: 0.25, batch: 6, 96, 192, iterations: 100),
      run(.deeplabv3, .resnet101, width: 0.25, batch: 6, 96, 192, iterations: 40_000),
      run(.deeplabv3, .resnet18, width: 0.25, batch: 6, 96, 192, iterations: 300),
    ].map { try RunFolder(folder, configuration: $0) }
    var request = SlurmRequest()
    let arrays = SlurmArray.arrays(of: runs, request)
    #expect(arrays.map(\.kind) == ["train-1", "train-2"])
    #expect(
      arrays.map { $0.runs.map(\.configuration.training.iterations) } == [[40_000], [300, 100]])
    request.cpus = 1
    let many = try (1...2500).map {
      try RunFolder(folder, configuration: exampleConfiguration(seed: $0))
    }
    #expect(SlurmArray.arrays(of: many, request).map(\.runs.count) == [1000, 1000, 500])
  }
}
