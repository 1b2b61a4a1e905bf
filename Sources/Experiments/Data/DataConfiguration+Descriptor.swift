import Datasets
import Files

extension DataConfiguration {
  /// The data set that runs of this configuration read.
  /// - Throws: `UserError` if this program knows no data set of that name.
  package var descriptor: DatasetDescriptor {
    get throws(UserError) {
      if let folders { return DatasetDescriptor(name, folders) }
      return try DatasetRegistry.require(name)
    }
  }

  /// The given normalization; nil if it is computed from the training images.
  package var givenNormalization: Normalization? {
    folders == nil ? .imageNet : folders?.normalization
  }
}

/// The classes of each data set that a report shows.
/// - Parameter planned: runs without a record.
/// - Throws: `UserError` if this program does not know a run's data set, or if two runs use the
///   same name for different data sets.
package func classTables(
  of records: [RunRecord], planned: [RunConfiguration] = []
) throws -> [DatasetName: ClassTable] {
  var tables: [DatasetName: ClassTable] = [:]
  let pixels = records.map(\.split.trainClassPixels) + planned.map { _ in [] }
  for (run, pixels) in zip(records.map(\.configuration) + planned, pixels) {
    let (name, table) = (run.data.name, try run.data.descriptor.classes.counted(pixels))
    guard table.names == (tables[name] ?? table).names else {
      throw UserError(
        "there are runs on two data sets called \(name) with different classes; report them from "
          + "separate folders")
    }
    tables[name] = tables[name] ?? table
  }
  return tables
}
