import Datasets
import Files

extension DataConfiguration {
  /// The data set that runs of this configuration read.
  /// - Throws: `UserError` if this program knows no data set of that name, or if its void cannot
  ///   count.
  package var descriptor: DatasetDescriptor {
    get throws(UserError) {
      if let folders { return DatasetDescriptor(name, folders) }
      let descriptor = try DatasetRegistry.require(name)
      return void == .counts ? try descriptor.requireCountingVoid() : descriptor
    }
  }

  /// The given normalization; nil if it is computed from the training images.
  package var givenNormalization: Normalization? {
    folders == nil ? .imageNet : folders?.normalization
  }
}

extension DatasetDescriptor {
  /// - Throws: `UserError` if the data set has no void class.
  package func requireCountingVoid() throws(UserError) -> DatasetDescriptor {
    guard let countingVoid else {
      throw UserError("\(name) has no void class that could count; leave void out")
    }
    return countingVoid
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
        "there are runs on two data sets called \(name) with different classes, or with void counted "
          + "in some and ignored in others; report them from separate folders")
    }
    tables[name] = tables[name] ?? table
  }
  return tables
}
