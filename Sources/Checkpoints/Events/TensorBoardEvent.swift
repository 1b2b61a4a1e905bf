import Foundation

/// One entry of a TensorBoard event file: scalars and images of one training step.
///
/// The messages are `Event` and `Summary` of tensorboard/compat/proto/{event,summary}.proto; the
/// numbers of the fields are theirs.
package struct TensorBoardEvent: Sendable {
  package enum Value: Sendable {
    case scalar(Float)
    /// A color image, 8 bits per channel.
    case image(height: Int, width: Int, png: Data)
  }

  package typealias Tagged = (tag: String, value: Value)

  /// Training steps done.
  package var step: Int
  /// Seconds since 1970.
  package var time: Double
  /// By tag; TensorBoard groups tags by what is before the first slash.
  package var values: [Tagged]

  package init(step: Int, time: Double, values: [Tagged]) {
    (self.step, self.time, self.values) = (step, time, values)
  }

  var record: Data {
    var summary = ProtobufMessage()
    for (tag, value) in values { summary.add(1, Self.message(tag, value)) }
    var event = Self.head(time)
    event.add(2, step)
    event.add(5, summary)
    return event.data
  }

  /// The record that every event file begins with.
  static func version(time: Double) -> Data {
    var event = head(time)
    event.add(3, "brain.Event:2")
    return event.data
  }

  /// A record without its time, which is the first field: a key of one byte, and eight bytes.
  static func timeless(_ record: Data) -> Data { Data(record.dropFirst(9)) }

  private static func head(_ time: Double) -> ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, time)
    return event
  }

  private static func message(_ tag: String, _ value: Value) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, tag)
    switch value {
    case .scalar(let number): message.add(2, number)
    case .image(let height, let width, let png):
      var image = ProtobufMessage()
      image.add(1, height)
      image.add(2, width)
      image.add(3, 3)  // channels: red, green, blue
      image.add(4, png)
      message.add(4, image)
    }
    return message
  }
}
