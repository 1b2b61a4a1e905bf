import Datasets
import Files
import Foundation

/// What a bundle is made of: runs of a sweep, to be trained by PyTorch on a machine without this program.
/// `bundle.json`, the last of its files to be written.
struct BundleDocument: Codable, Sendable {
  /// The version of the format, which the Python program checks, too.
  static let version = 1

  struct Program: Codable, Sendable {
    var commit: String
    /// The digest of the source files that determine numbers.
    var code: String
  }

  struct Weights: Codable, Sendable {
    /// The SHA-256 of the network's initial weights; see `initialWeightsDigest`.
    var sha256: String
    /// The file of tensors that training starts from instead of random ones.
    var pretrained: String?
    /// The name of the file that these were read from.
    var file: String?
  }

  /// A file with a loss that a user has written in PyTorch.
  struct Torch: Codable, Sendable {
    var path: String
  }

  struct Run: Codable, Sendable {
    var name: String
    /// That of the configuration.
    var digest: String
    var configuration: RunConfiguration
    /// Which file in `data` describes its images.
    var data: String
    /// The number of classes.
    var classes: Int
    var weights: Weights
    /// A few batches; see `BatchCheck`.
    var check: String
    var torch: Torch?
  }

  var version = BundleDocument.version
  var sweep: String
  var program: Program
  /// The SHA-256 of each Python file.
  var sources: [String: String]
  /// The SHA-256 of each other file whose content its own digests do not cover, by its path in the bundle.
  var files: [String: String]
  var runs: [Run]
}

/// The images and labels of a data configuration: a file in `data`.
struct BundledData: Codable, Sendable {
  /// How images and labels are sized when they are scored.
  enum Sizes: String, Codable, Sendable {
    case store, labelFiles, files

    init(_ sizes: EvaluationSampler.Sizes) {
      switch sizes {
      case .store: self = .store
      case .labelFiles: self = .labelFiles
      case .files: self = .files
      }
    }
  }

  /// The names of files in `stores`.
  struct Stores: Codable, Sendable {
    var train: String
    var validation: String?
    var evaluated: String
  }

  var configuration: DataConfiguration
  var split: SplitRecord
  var splitDigest: String
  /// The names of the classes, by training id.
  var classes: [String]
  var normalization: Normalization
  /// By batch size; only for losses that need them.
  var validationFirstImagePixels: [String: [Int]]?
  /// Indices in the evaluated split of the images whose predictions a run keeps.
  var pictured: [Int]
  var sizes: Sizes
  /// The size of kept predictions, in pixels.
  var height: Int
  var width: Int
  /// Only where boundaries are counted in images of one size.
  var boundaryWidth: Int?
  var stores: Stores
}

/// The images of a list: a file in `stores`, with the files of bytes beside it.
struct BundledStore: Codable, Sendable {
  enum Images: String, Codable, Sendable {
    /// RGB bytes are in the bundle.
    case bytes
    /// They are read from the data set's own files.
    case files
  }

  /// Labels at the size of their file.
  struct FileLabels: Codable, Sendable {
    var height: Int
    var width: Int
    var offset: Int
    var bytes: Int
    var sha256: String
  }

  struct Item: Codable, Sendable {
    var name: String
    /// Of the image whose RGB bytes have the digest.
    var height: Int
    var width: Int
    /// Only for `bytes`.
    var offset: Int?
    /// Of the RGB bytes.
    var sha256: String
    /// Only for `files`: the path of the PNG file, relative to the data set's folder where it is in it.
    var path: String?
    /// Offset and number of bytes of a zlib stream of training ids, and the SHA-256 of these ids.
    var labels: [Int]
    var labelsSha256: String
    var fileLabels: FileLabels?
  }

  var dataset: DatasetName
  var images: Images
  /// The size that images are resized to, in pixels.
  var height: Int
  var width: Int
  /// Whether images keep the size of their files.
  var keepsFullSize: Bool
  var items: [Item]
}
