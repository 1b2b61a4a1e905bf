import Foundation
import Synchronization

/// Threads of this process as ranks: for tests, which then need no MPI.
package enum ThreadRanks {
  /// Runs `body` on `count` threads, each with the communicator of its rank.
  /// - Returns: what each rank returned or threw, in rank order. A rank that throws while others
  ///   wait for it ends the program.
  package static func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (any Communicator) throws -> Value
  ) -> [Result<Value, any Error>] {
    let board = Board(count: count)
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
    let isDone = DispatchSemaphore(value: 0)
    for rank in 0..<count {
      let thread = Thread {
        let result = Result { try body(ThreadCommunicator(rank: rank, board: board)) }
        results.withLock { $0[rank] = result }
        board.leave(rank)
        isDone.signal()
      }
      thread.name = "recallbench-rank-\(rank)"
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { isDone.wait() }
    return results.withLock { $0.compactMap(\.self) }
  }
}

/// The kinds of calls whose order is the same on all ranks.
private enum CallKind: CaseIterable { case waiting, gather, transpose }

/// A rank's calls of one kind are numbered, and all ranks make the same ones, so this names an exchange.
private struct Place: Hashable {
  let kind: CallKind
  let number: Int
}

/// Where ranks leave what the others read.
private final class Board: @unchecked Sendable {
  let count: Int
  // Guards everything below.
  private let condition = NSCondition()
  private var posts: [Place: [[UInt8]?]] = [:]
  /// How many ranks have yet to read an exchange.
  private var readers: [Place: Int] = [:]
  private var gone: Set<Int> = []

  init(count: Int) { self.count = count }

  func post(_ bytes: [UInt8], rank: Int, at place: Place) {
    condition.lock()
    posts[place, default: Array(repeating: nil, count: count)][rank] = bytes
    condition.broadcast()
    condition.unlock()
  }

  /// - Returns: what each rank posted; nil if something is missing and nobody waits for it.
  func take(_ place: Place, waiting: Bool) -> [[UInt8]]? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      let found = (posts[place] ?? []).compactMap(\.self)
      if found.count == count {
        let left = readers[place, default: count] - 1
        readers[place] = left
        if left == 0 { (posts[place], readers[place]) = (nil, nil) }
        return found
      }
      guard waiting else { return nil }
      precondition(gone.isEmpty, "rank \(gone.min() ?? 0) has ended and others wait for it")
      condition.wait()
    }
  }

  func leave(_ rank: Int) {
    condition.lock()
    gone.insert(rank)
    condition.broadcast()
    condition.unlock()
  }
}

private final class ThreadCommunicator: Communicator, @unchecked Sendable {
  let rank: Int
  var count: Int { board.count }
  private let board: Board
  /// Calls of each kind so far.
  private var calls: [CallKind: Int] = [:]

  init(rank: Int, board: Board) { (self.rank, self.board) = (rank, board) }

  func gather(_ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    startGather(part, into: all, .waiting).wait()
  }

  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    let post = rank == root ? Array(bytes) : []
    exchange(post, .waiting) { posts in bytes.copyBytes(from: posts[root]) }.wait()
  }

  func startGather(
    _ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer
  ) -> any Exchange { startGather(part, into: all, .gather) }

  private func startGather(
    _ part: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer, _ kind: CallKind
  ) -> any Exchange {
    precondition(all.count == count * part.count)
    return exchange(Array(part), kind) { posts in all.copyBytes(from: posts.joined()) }
  }

  func startTranspose(
    _ parts: UnsafeRawBufferPointer, into received: UnsafeMutableRawBufferPointer
  ) -> any Exchange {
    precondition(parts.count == received.count && parts.count % count == 0)
    let (size, own) = (parts.count / count, rank)
    return exchange(Array(parts), .transpose) { posts in
      received.copyBytes(from: posts.map { $0[own * size..<(own + 1) * size] }.joined())
    }
  }

  func abort(_ line: String) -> Never { fatalError(line) }

  private func exchange(
    _ post: [UInt8], _ kind: CallKind, _ finish: @escaping ([[UInt8]]) -> Void
  ) -> ThreadExchange {
    let place = Place(kind: kind, number: calls[kind, default: 0])
    calls[kind] = place.number + 1
    board.post(post, rank: rank, at: place)
    return ThreadExchange(board: board, place: place, finish: finish)
  }
}

private final class ThreadExchange: Exchange {
  private let board: Board
  private let place: Place
  private var finish: (([[UInt8]]) -> Void)?

  init(board: Board, place: Place, finish: @escaping ([[UInt8]]) -> Void) {
    (self.board, self.place, self.finish) = (board, place, finish)
  }

  func isDone() -> Bool { complete(waiting: false) }
  func wait() { _ = complete(waiting: true) }

  private func complete(waiting: Bool) -> Bool {
    guard let finish else { return true }
    guard let posts = board.take(place, waiting: waiting) else { return false }
    finish(posts)
    self.finish = nil
    return true
  }
}
