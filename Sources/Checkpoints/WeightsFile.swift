import Files
import Foundation

/// The tensors in a file of weights, in the order of the file.
package struct WeightsFile: Sendable {
  package enum Format: String, Sendable {
    case torchZip = "torch.save (zip)"
    case torchLegacy = "torch.save (before PyTorch 1.6)"
    case safetensors
  }

  package let format: Format
  package let tensors: [StoredTensor]
  /// Names of other entries, which are not tensors.
  package let others: [String]
  /// Tensors of kinds that are not read, such as `sparse`, by name.
  package let unreadable: [String: String]
  /// Where in the file the tensors were found, in Python's notation, such as `['state_dict']`; empty
  /// for the outermost dictionary.
  package let place: String

  /// Recognizes the format by its first bytes.
  /// - Throws: `UserError` for anything but complete, valid weights.
  package init(_ data: Data) throws(UserError) {
    let first = [UInt8](data.prefix(9))
    if first.count == 9, first[4...] == [0, 0, 0, 0, UInt8(ascii: "{")] {
      format = .safetensors
      (tensors, others) = (try SafeTensors.decode(data).tensors, [])
      (unreadable, place) = ([:], "")
      return
    }
    let dictionary: StateDictionary
    if first.starts(with: [0x50, 0x4b, 3, 4]) {
      format = .torchZip
      dictionary = try TorchFile.readZip(data)
    } else if first.first == 0x80 {
      format = .torchLegacy
      dictionary = try TorchFile.readLegacy(data)
    } else {
      throw UserError("it is neither a torch.save file nor safetensors")
    }
    (tensors, others) = (dictionary.tensors, dictionary.others)
    (unreadable, place) = (dictionary.unreadable, dictionary.place)
  }
}
