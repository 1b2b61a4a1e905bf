import Experiments
import Files
import Foundation
import Testing

/// `recallbench results` and what reads packed runs.
@Suite struct ResultsTests {
  private func trained() throws -> Workplace {
    let place = try Workplace()
    try place.writeSweep(losses: "[ce, recall]")
    let result = try Command.run(place.sweep(), in: place.url)
    try #require(result.status == 0, "\(result.errors)")
    return place
  }

  /// Bytes of all tables and of what figures are drawn from.
  private func report(_ place: Workplace) throws -> [String: Data] {
    let result = try Command.run(["report", "out"], in: place.url)
    #expect(result.status == 0 || result.errors.joined().contains("gnuplot is not installed"))
    var contents: [String: Data] = [:]
    let names = try FileManager.default.subpathsOfDirectory(atPath: place.file("out").path)
    for name in names where !name.hasPrefix("runs") && !name.hasPrefix(".") {
      if ["csv", "md", "tex", "dat", "gp", "png"].contains(where: { name.hasSuffix("." + $0) }) {
        contents[name] = try Data(contentsOf: place.file("out/\(name)"))
      }
    }
    return contents
  }

  @Test func packedRunsGiveTheSameReport() throws {
    let place = try trained()
    let before = try report(place)
    #expect(before.count > 5)
    let packed = try Command.run(["results", "pack", "out"], in: place.url)
    #expect(packed.output.contains("out: 2 runs in runs.jsonl and runs.npz, 2 moved there"))
    #expect(place.finishedRuns() == [])
    #expect(try report(place) == before)

    // The weights are still beside the pack.
    let again = try Command.run(place.sweep(), in: place.url)
    #expect(again.output.contains("0 runs trained, 2 were done before"))
    let run = try #require(place.runs().first)
    let scores = try Command.run(["evaluate", run, "--camvid", "camvid"], in: place.url)
    #expect(scores.status == 0, "\(scores.errors)")
  }

  @Test func verifyTellsWhetherTheBitsAreTheSame() throws {
    let place = try trained()
    let verify = ["results", "verify", "out", "--runs", "camvid-resnet18-ce", "--camvid", "camvid"]
    let same = try Command.run(verify, in: place.url)
    #expect(same.status == 0 && same.output.contains(": the same bits"), "\(same.errors)")

    var record = try RunFolder.load(place.file(place.runs()[0]))
    record.confusions[1] = record.confusions[0]
    let folder = try RunFolder(
      SweepFolder(place.file("out")), configuration: record.configuration)
    try folder.finish(record)
    let other = try Command.run(verify, in: place.url)
    #expect(other.status == 1)
    #expect(other.output.contains("differs in the confusion matrices from image 1"))
    #expect(other.output.contains("CPU and BLAS are the same"))
  }

  /// Runs of two sets of BLAS kernels are reported and compared, with a line that says so; the bits of
  /// one are not blamed on the code.
  @Test func otherBLASKernelsAreNamed() throws {
    let place = try trained()
    let other = BLASLibrary.current.kernel == BLASKernel("Prescott") ? "Nehalem" : "Prescott"
    var record = try #require(
      place.runs().map { try RunFolder.load(place.file($0)) }
        .first { $0.configuration.loss == "ce" })
    let mixed = "computed with different BLAS kernels"
    #expect(try !Command.run(["report", "out"], in: place.url).output.contains(mixed))
    record.environment.blasKernel = other
    record.confusions[1] = record.confusions[0]
    try RunFolder(SweepFolder(place.file("out")), configuration: record.configuration)
      .finish(record)

    #expect(try Command.run(["report", "out"], in: place.url).output.contains(mixed))
    let page = try String(contentsOf: place.file("out/report.html"), encoding: .utf8)
    #expect(page.contains(mixed))
    let verified = try Command.run(
      ["results", "verify", "out", "--runs", "camvid-resnet18-ce", "--camvid", "camvid"],
      in: place.url)
    #expect(verified.status == 1)
    #expect(
      verified.output.contains("computed with OpenBLAS's \(other) kernels"), "\(verified.output)")
    #expect(verified.output.contains("OPENBLAS_CORETYPE=\(other)"))
    #expect(!verified.output.contains("so the code computes"))
  }

  @Test func foldersWithoutRunsAreNamed() throws {
    let place = try Workplace()
    let packed = try Command.run(["results", "pack", "camvid"], in: place.url)
    #expect(packed.status == 1 && packed.errors.count == 1)
    #expect(packed.errors.first?.contains("camvid: holds no runs") == true)
  }

  private static let results = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "results/quick")
  /// The one that takes least time of those made on this kind of CPU with these BLAS kernels, if any.
  private static let comparable: RunRecord? = {
    let now = RunEnvironment.current(threads: 1)
    let runs = (try? SweepFolder(results).loadAll()) ?? []
    return runs.filter { $0.environment.cpu == now.cpu && $0.environment.blas == now.blas }
      .min { $0.environment.trainingSeconds < $1.environment.trainingSeconds }
  }()

  /// A stored run that is trained again has all bits of the stored one, with the BLAS kernels that it
  /// was made with. This is what `EquivalentCode` rests on.
  @Test(.enabled(if: comparable != nil, "the stored runs are of another kind of CPU or BLAS"))
  func storedRunIsTrainedToTheSameBits() throws {
    let place = try Workplace()
    let run = try #require(Self.comparable).name
    let result = try Command(
      ["results", "verify", Self.results.path, "--runs", run, "--data-cache", "rendered"],
      in: place.url
    ).finish(within: 300)
    #expect(result.output.contains("\(run): the same bits"), "\(result.output)")
    #expect(result.status == 0, "\(result.errors)")
  }
}
