import Datasets
import Files
import Synchronization
import Tensors

/// What the images and label files of a run held when it was trained, whatever they are called.
package struct SplitContent: Codable, Hashable, Sendable {
  /// One element per image, in the order of the names: see `LabeledImage.digest`.
  package var train: [String]
  package var evaluated: [String]
  /// The SHA-256 of the names and digests of the validation split, if the run was validated on
  /// images other than the evaluated ones.
  package var validation: String?

  package init(train: [String], evaluated: [String], validation: String? = nil) {
    (self.train, self.evaluated, self.validation) = (train, evaluated, validation)
  }

  /// Reads every image of these stores, which the stores then keep as far as their budget allows.
  init(
    train: ImageStore?, evaluated: ImageStore, validation: ImageStore?, _ compute: Compute
  ) throws {
    self.init(
      train: try train?.digests(compute) ?? [], evaluated: try evaluated.digests(compute),
      validation: try validation.map { store in
        let digests = try store.digests(compute)
        return digest(ofNames: zip(store.items, digests).map { "\($0.name) \($1)" })
      })
  }
}

extension ImageStore {
  /// The digests of all items.
  fileprivate func digests(_ compute: Compute) throws -> [String] {
    let digests = Mutex([String](repeating: "", count: count))
    try compute.parallelTry(count) { index in
      let digest = try digest(index)
      digests.withLock { $0[index] = digest }
    }
    return digests.withLock { $0 }
  }
}

extension SplitRecord {
  /// As versions stored it that did not record the content.
  var withoutContent: SplitRecord {
    var split = self
    split.content = nil
    return split
  }
}
