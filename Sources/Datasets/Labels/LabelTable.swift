/// All ids that may stand in a data set's label files, scored or not.
///
/// Predictions that are exchanged, and official evaluations, use these ids; training uses those of
/// `ClassTable`, in which the scored labels are numbered from 0 in the order here.
package struct LabelTable: Hashable, Sendable {
  package struct Label: Hashable, Sendable {
    package let name: String
    /// The data set's official color, red, green, blue.
    package let color: [UInt8]
    /// True pixels of this label are left out of every score.
    package let isIgnored: Bool
  }

  /// Labels that are also scored as one.
  package struct Category: Hashable, Sendable {
    package let name: String
    /// Ids of its labels, the ignored ones included.
    package let ids: ClosedRange<Int>
    /// Whether all of its labels have instances.
    package let hasInstances: Bool
  }

  package let dataset: DatasetName
  /// For messages about ids.
  let title: String
  /// By id, without a gap.
  package let labels: [Label]
  /// Empty where the data set's evaluation knows none.
  package let categories: [Category]
  /// By scored id with instances: pixels of an average instance of the training set.
  package let averageInstanceSize: [Int: Double]
  let format: LabelFormat

  package var names: [String] { labels.map(\.name) }
  package var ignored: Set<Int> { Set(labels.indices.filter { labels[$0].isIgnored }) }
  /// By training id, the id in files.
  package var fileIds: [Int] { labels.indices.filter { !labels[$0].isIgnored } }

  /// Puts the classes at their ids in files, and ignored labels at the ids between.
  /// - Parameters:
  ///   - fileIds: by training id, the id in files.
  ///   - ignored: by id.
  init(
    _ dataset: DatasetName, title: String, classes: ClassTable, fileIds: [Int],
    ignored: [Int: (name: String, color: [UInt8])], categories: [Category] = [],
    averageInstanceSize: [Int: Double] = [:], format: LabelFormat = .gray
  ) {
    var labels = ignored.mapValues { Label(name: $0.name, color: $0.color, isIgnored: true) }
    for (id, entry) in zip(fileIds, classes.entries) {
      labels[id] = Label(name: entry.name, color: entry.color, isIgnored: false)
    }
    (self.dataset, self.title, self.format) = (dataset, title, format)
    self.labels = labels.sorted { $0.key < $1.key }.map(\.value)
    self.categories = categories
    self.averageInstanceSize = averageInstanceSize
    precondition(labels.keys.sorted() == Array(self.labels.indices) && fileIds == self.fileIds)
  }
}
