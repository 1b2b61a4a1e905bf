extension Compute {
  /// Where an element-wise result may go: the tensor itself if the caller holds the only reference
  /// to it, otherwise a new one of the same shape.
  package func reusing(_ tensor: inout Tensor) -> Tensor {
    isKnownUniquelyReferenced(&tensor) ? tensor : empty(tensor.shape)
  }

  /// `zeros` on all threads.
  package func parallelZeros(
    _ shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let tensor = empty(shape)
    parallelBlocks(tensor.count, block: elementBlock, file: file, line: line) { _, range in
      (tensor.base + range.lowerBound).update(repeating: 0, count: range.count)
    }
    return tensor
  }

  /// Lends a scratch buffer of undefined contents.
  func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let pointer = cache.take(count)
    body(pointer)
    cache.give(pointer, count: count)
  }
}
