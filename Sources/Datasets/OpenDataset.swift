import Files
import Foundation

/// The data set of that name below `root`.
/// - Parameter split: `official`, or for SYNTHIA `shuffled` or `blocked`.
/// - Throws: `UserError` if the path is missing, empty or something else, or the split scheme is
///   not one of this data set.
package func openDataset(
  _ name: DatasetName, root: URL, split: SplitScheme
) throws -> any Dataset {
  if name != .synthia, split != .official {
    throw UserError(
      path: root.path,
      problem: "\(name.rawValue) has an official split; `\(split.rawValue)` is for synthia only")
  }
  switch name {
  case .synthia: return try SynthiaDataset(root: root, split: split)
  case .cityscapes: return try CityscapesDataset(root: root)
  case .camvid: return try CamVidDataset(root: root)
  }
}
