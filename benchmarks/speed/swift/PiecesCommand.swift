import ArgumentParser
import Files
import Foundation
import Tensors

/// How the loops of a training step are cut, and what that allows on more threads than there are here.
struct PiecesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pieces",
    abstract: "Count the pieces that the loops of a training step are cut into for many threads.",
    discussion: """
      Every loop is cut as for --threads, but its pieces run one after another on one thread, and each \
      is timed. From these times follows how long the loop would take on so many threads if each took \
      the next piece when it is free, and if threads neither waited for memory nor for one another: \
      no machine is faster than that. Times are the least of all rounds.
      """)

  @OptionGroup var network: NetworkOptions
  @Option(help: "Threads to cut the loops for.") var threads = 64
  @Option(help: "Steps that are timed.") var rounds = 3
  @Option(help: "Show only loops that take at least so much of a step on one thread.")
  var share = 0.005
  @Flag(help: "Print the table in Markdown.") var markdown = false

  func validate() throws {
    try requirePositive([("threads", threads), ("rounds", rounds)])
  }

  func run() throws {
    guard let networkCase = network.networkCase else { return }
    let counts = [1, 2, 4, 8, 16, 32, 64].filter { $0 < threads } + [threads]
    let steps = try counts.map { try step(networkCase, threads: $0) }
    let table = PieceTable(zip(counts, steps).map { ($0, $1) })
    print(table.text(title: networkCase.name, share: share, markdown: markdown))
  }

  /// - Returns: a step whose loops are cut for so many threads.
  private func step(_ networkCase: NetworkCase, threads: Int) throws -> ObservedStep {
    let observer = PieceObserver()
    let session = try TrainingSession(networkCase, threads: threads, observer: observer)
    try session.step()
    return ObservedStep(
      leastOf: try (0..<rounds).map { _ in
        observer.start()
        let time = try seconds { try session.step() }
        return ObservedStep(loops: observer.loops, seconds: time)
      })
  }
}

/// One loop of a step.
struct ObservedLoop {
  var place: LoopPlace
  /// Seconds of each piece.
  var pieces: [Double]

  /// Of the pieces one after another.
  var total: Double { pieces.reduce(0, +) }

  /// Until the last piece is done, if each of so many threads takes the next piece when it is free.
  func seconds(threads: Int) -> Double {
    var free = [Double](repeating: 0, count: threads)
    for piece in pieces {
      let next = free.indices.min { free[$0] < free[$1] } ?? 0
      free[next] += piece
    }
    return free.max() ?? 0
  }
}

/// The loops of one step, in their order.
struct ObservedStep {
  var loops: [ObservedLoop]
  /// Of the whole step.
  var seconds: Double

  init(loops: [ObservedLoop], seconds: Double) {
    (self.loops, self.seconds) = (loops, seconds)
  }

  /// Every piece's least time in any of the steps, which all have the same loops.
  init(leastOf steps: [ObservedStep]) {
    self = steps[0]
    var between = steps.map(\.between).min() ?? 0
    for step in steps.dropFirst() where step.loops.count == loops.count {
      for i in loops.indices {
        loops[i].pieces = zip(loops[i].pieces, step.loops[i].pieces).map(min)
      }
    }
    between += loops.reduce(0) { $0 + $1.total }
    seconds = between
  }

  /// Seconds outside of loops, on one thread however many there are.
  var between: Double { seconds - loops.reduce(0) { $0 + $1.total } }
}

/// Times pieces on the calling thread. Loops within pieces are a part of them.
private final class PieceObserver: LoopObserver, @unchecked Sendable {
  private(set) var loops: [ObservedLoop] = []
  private var isWithin = false

  func start() { loops = [] }

  func run(_ loop: LoopPlace, _ count: Int, _ body: (Int) -> Void) {
    guard !isWithin else { return (0..<count).forEach(body) }
    isWithin = true
    defer { isWithin = false }
    var pieces: [Double] = []
    pieces.reserveCapacity(count)
    for i in 0..<count {
      let start = ContinuousClock.now
      body(i)
      pieces.append((ContinuousClock.now - start) / .seconds(1))
    }
    loops.append(ObservedLoop(place: loop, pieces: pieces))
  }
}

/// The loops of a step by their place in the sources.
struct PieceTable {
  private let steps: [(threads: Int, step: ObservedStep)]

  /// - Parameter steps: not empty, by rising numbers of threads that their loops are cut for.
  init(_ steps: [(threads: Int, step: ObservedStep)]) { self.steps = steps }

  private var threads: Int { steps[steps.count - 1].threads }
  private var step: ObservedStep { steps[steps.count - 1].step }

  /// - Parameter share: of a step's time on one thread that a loop must take to be shown.
  func text(title: String, share: Double, markdown: Bool) -> String {
    var table = TextTable(
      title, "times", "pieces", "1 thread, ms", "\(threads) threads, ms", "gain")
    let groups = Dictionary(grouping: step.loops, by: \.place)
    let rows = groups.map { (place: $0.key, loops: $0.value, total: $0.value.total) }
      .sorted { ($0.total, $0.place.line) > ($1.total, $1.place.line) }
    var rest: [ObservedLoop] = []
    for row in rows {
      if row.total < share * step.seconds {
        rest += row.loops
      } else {
        add(row.loops, name(row.place), to: &table)
      }
    }
    add(rest, "all others", to: &table)
    let between = step.between
    table.add("between loops", "", "", ms(between), ms(between), "1.0")
    addStep(to: &table)
    return markdown ? table.markdown : table.text
  }

  private func add(_ loops: [ObservedLoop], _ name: String, to table: inout TextTable) {
    guard !loops.isEmpty else { return }
    let counts = loops.map(\.pieces.count)
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let parallel = loops.seconds(threads: threads)
    table.add(
      name, "\(loops.count)", least == most ? "\(least)" : "\(least) to \(most)", ms(loops.total),
      ms(parallel), (loops.total / parallel).fixed(1))
  }

  private func addStep(to table: inout TextTable) {
    for (threads, step) in steps {
      let parallel = step.between + step.loops.seconds(threads: threads)
      table.add(
        "step on \(threads) threads", "", "", ms(step.seconds), ms(parallel),
        (steps[0].step.seconds / parallel).fixed(1))
    }
  }

  private func name(_ place: LoopPlace) -> String {
    "\(place.file.split(separator: "/").last ?? "").\(place.line)"
      .replacing(".swift.", with: ", line ")
  }

  private func ms(_ seconds: Double) -> String { (seconds * 1e3).fixed(2) }
}

extension [ObservedLoop] {
  fileprivate var total: Double { reduce(0) { $0 + $1.total } }
  fileprivate func seconds(threads: Int) -> Double {
    reduce(0) { $0 + $1.seconds(threads: threads) }
  }
}
