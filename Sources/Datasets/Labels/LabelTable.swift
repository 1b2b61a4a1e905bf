/// All ids that may occur in a data set's label files, scored or not.
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

  /// Labels that are also scored together, as one.
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
  /// The labels by id, without gaps.
  package let labels: [Label]
  /// Empty where the data set's evaluation defines none.
  package let categories: [Category]
  /// The average pixels per training-set instance, by scored id that has instances.
  package let averageInstanceSize: [Int: Double]
  let format: LabelFormat

  package var names: [String] { labels.map(\.name) }
  package var ignored: Set<Int> { Set(labels.indices.filter { labels[$0].isIgnored }) }
  /// The id in files for each training id.
  package var fileIds: [Int] { labels.indices.filter { !labels[$0].isIgnored } }

  /// Places the classes at their ids in files, and ignored labels at the ids in between.
  /// - Parameters:
  ///   - fileIds: the id in files for each training id.
  ///   - ignored: the ignored labels by id.
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
