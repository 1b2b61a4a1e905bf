import ArgumentParser
import Experiments
import Files
import Foundation

struct StepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps",
    abstract: "Measure whole training steps and evaluations on one thread and on all, with memory.")

  @Flag(help: "Also measure the large cases, which take minutes.") var large = false
  @Option(help: "Rounds through a case.") var rounds = 5
  @OptionGroup var speed: SpeedOptions

  func validate() throws { try requirePositive([("rounds", rounds)]) }

  func run() throws { try speed.store(measure()) }

  /// - Returns: what was printed.
  func measure() throws -> [Figure] {
    var figures: [Figure] = []
    var table = TextTable("", "threads", "ms", "images/s", "x 1 thread", "peak MiB")
    for networkCase in NetworkCase.all where large || networkCase.rows * networkCase.batch < 1000 {
      for (setUp, request, quantity) in [
        ("train", "step", "training step"), ("evaluation", "pass", "evaluation"),
      ] {
        let threads = speed.threadCount == 1 ? [1] : [1, speed.threadCount]
        let children = try threads.map { threads in
          let child = try Child()
          try child.ask("\(setUp) \(networkCase.command) \(threads)")
          return child
        }
        let samples = try times(children, request)
        for (i, child) in children.enumerated() {
          let words = threads[i] == 1 ? "1 thread" : "\(threads[i]) threads"
          let figure = Figure("steps", networkCase.name, "\(quantity), \(words)", samples[i])
            .rated(Double(networkCase.batch), "images/s")
          let bytes = try child.peakBytes()
          figures += [
            figure,
            Figure(
              "steps", networkCase.name, "peak memory of \(quantity), \(words)", Double(bytes),
              unit: "bytes"),
          ]
          table.add(
            i == 0 ? "\(networkCase.name), \(quantity)" : "", "\(threads[i])",
            figure.median.fixed(1), (figure.rate ?? .nan).fixed(1),
            (samples[0].median / samples[i].median).fixed(2), mebibytes(bytes))
        }
      }
    }
    print(table.text)
    return figures
  }

  private func times(_ children: [Child], _ request: String) throws -> [Samples] {
    var samples = [Samples](repeating: Samples(), count: children.count)
    for round in 0...rounds {
      for (i, child) in children.enumerated() {
        let time = try child.time(request)
        if round > 0 { samples[i].add(time) }
      }
    }
    return samples
  }
}
