import Datasets
import Foundation
import Scenes
import Tensors
import Testing

/// The class channel of a SYNTHIA label file and the mean column of every instance in it.
private func labels(_ root: URL, _ name: String) throws -> (
  ids: [UInt16], columns: [UInt16: Double]
) {
  let image = try PNG.readIndices(root.appending(path: "GT/LABELS/\(name).png"))
  var sums: [UInt16: (Double, Double)] = [:]
  var ids: [UInt16] = []
  for p in 0..<image.height * image.width {
    ids.append(image.samples[3 * p])
    let instance = image.samples[3 * p + 1]
    let sum = sums[instance] ?? (0, 0)
    sums[instance] = (sum.0 + Double(p % image.width), sum.1 + 1)
  }
  let large = sums.filter { $0.key != 0 && $0.value.1 >= 60 }
  return (ids, large.mapValues { $0.0 / $0.1 })
}

private func agreement(_ a: [UInt16], _ b: [UInt16]) -> Double {
  Double(zip(a, b).filter { $0 == $1 }.count) / Double(a.count)
}

@Test func rightEyeSeesThingsFurtherLeft() throws {
  try withTemporaryFolder { root in
    try StreetScenes.renderSynthia(
      to: root, framesPerView: 7,
      configuration: SceneConfiguration(seed: 2, height: 96, width: 192, framesPerScene: 1),
      compute: Compute(threads: 2))
    var seen = 0
    for frame in 0..<7 {
      for view in ["F", "L", "R"] {
        let left = try labels(root, "Stereo_Left/Omni_\(view)/00000\(frame)")
        let right = try labels(root, "Stereo_Right/Omni_\(view)/00000\(frame)")
        for (instance, column) in left.columns {
          // At the picture's edge a thing may be cut, and its middle moves otherwise.
          guard let other = right.columns[instance], column > 40, column < 152 else { continue }
          seen += 1
          #expect(other < column + 0.5, "frame \(frame) view \(view) instance \(instance)")
        }
      }
    }
    #expect(seen >= 8)
  }
}

@Test func neighboringFramesShowTheSameStreet() throws {
  try withTemporaryFolder { root in
    try StreetScenes.renderSynthia(
      to: root, framesPerView: 8,
      configuration: SceneConfiguration(seed: 3, height: 48, width: 96, framesPerScene: 2),
      compute: Compute(threads: 2))
    var within = 0.0
    var across = 0.0
    for frame in 0..<7 {
      let here = try labels(root, "Stereo_Left/Omni_F/00000\(frame)").ids
      let next = try labels(root, "Stereo_Left/Omni_F/00000\(frame + 1)").ids
      #expect(here != next)
      if frame % 2 == 0 {
        within += agreement(here, next) / 4
      } else {
        across += agreement(here, next) / 3
      }
    }
    #expect(within > across + 0.05)
  }
}

@Test func theFourDirectionsDiffer() throws {
  try withTemporaryFolder { root in
    try renderSmall(.synthia, to: root, count: 1)
    let pictures = try ["F", "B", "L", "R"].map {
      try labels(root, "Stereo_Left/Omni_\($0)/000000").ids
    }
    for a in 0..<4 {
      for b in 0..<a { #expect(agreement(pictures[a], pictures[b]) < 0.9) }
    }
  }
}
