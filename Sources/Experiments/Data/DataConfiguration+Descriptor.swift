import Datasets
import Files

extension DataConfiguration {
  /// The data set that runs of this configuration read.
  /// - Throws: `UserError` if this program knows none of that name.
  package var descriptor: DatasetDescriptor {
    get throws(UserError) {
      if let folders { return DatasetDescriptor(name, folders) }
      return try DatasetRegistry.require(name)
    }
  }

  /// Nil where it is counted over the training images.
  package var givenNormalization: Normalization? {
    folders == nil ? .imageNet : folders?.normalization
  }
}

/// The classes of each data set that a report shows.
/// - Parameter planned: runs that are not there.
/// - Throws: `UserError` if this program knows no data set of a run's name, or two runs mean
///   different data sets by one.
package func classTables(
  of records: [RunRecord], planned: [RunConfiguration] = []
) throws -> [DatasetName: ClassTable] {
  var tables: [DatasetName: ClassTable] = [:]
  let pixels = records.map(\.split.trainClassPixels) + planned.map { _ in [] }
  for (run, pixels) in zip(records.map(\.configuration) + planned, pixels) {
    let (name, table) = (run.data.name, try run.data.descriptor.classes.counted(pixels))
    guard table.names == (tables[name] ?? table).names else {
      throw UserError(
        "there are runs on two data sets called \(name), of different classes; report them from "
          + "folders of their own")
    }
    tables[name] = tables[name] ?? table
  }
  return tables
}
