/// Joins tensors of equal N, H, W along the channels.
package func concatenateChannels(_ parts: [Tensor], _ compute: Compute) -> Tensor {
  let total = parts.reduce(0) { $0 + $1.shape.c }
  let result = compute.empty(parts[0].shape.with(c: total))
  var offset = 0
  for part in parts {
    let c = part.shape.c
    compute.parallelBlocks(part.shape.pixels, block: 1024) { _, range in
      for p in range { copyLanes(part.base + p * c, result.base + p * total + offset, c) }
    }
    offset += c
  }
  return result
}

/// The transpose of `concatenateChannels`: splits a tensor into parts with the given channels.
package func splitChannels(_ x: Tensor, into channels: [Int], _ compute: Compute) -> [Tensor] {
  var offset = 0
  return channels.map { c in
    let part = compute.empty(x.shape.with(c: c))
    let start = offset
    compute.parallelBlocks(x.shape.pixels, block: 1024) { _, range in
      for p in range { copyLanes(x.base + p * x.shape.c + start, part.base + p * c, c) }
    }
    offset += c
    return part
  }
}
