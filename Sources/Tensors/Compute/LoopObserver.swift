/// Runs the loops of a context in place of its threads, to see how they are cut into pieces.
package protocol LoopObserver: AnyObject, Sendable {
  /// Runs `body(0) ... body(count - 1)`.
  func run(_ loop: LoopPlace, _ count: Int, _ body: (Int) -> Void)
}

/// Where a loop stands in the sources.
package struct LoopPlace: Hashable, Sendable {
  /// `MODULE/FILE.swift`.
  package let file: String
  package let line: UInt

  init(_ file: StaticString, _ line: UInt) {
    self.file = "\(file)"
    self.line = line
  }
}
