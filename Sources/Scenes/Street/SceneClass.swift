/// What a surface of a scene is; finer than either data set's classes.
enum SceneClass: UInt8, CaseIterable {
  case void, sky, building, wall, fence, road, laneMarking, railTrack, parking, sidewalk, terrain
  case vegetation, pole, sign, light, person, rider, car, truck, bus, train, motorcycle, bicycle
  case clutter, egoVehicle

  /// Class id in SYNTHIA's red label channel. Anything without a class in SYNTHIA-SEQS is void.
  var synthiaID: UInt16 {
    switch self {
    case .sky: 1
    case .building: 2
    case .road, .railTrack, .parking: 3
    case .sidewalk: 4
    case .fence: 5
    case .vegetation: 6
    case .pole: 7
    case .car, .truck, .bus: 8
    case .sign: 9
    case .person, .rider: 10
    case .bicycle, .motorcycle: 11
    case .laneMarking: 12
    case .light: 15
    case .void, .wall, .terrain, .train, .clutter, .egoVehicle: 0
    }
  }

  /// Label id of Cityscapes' `_labelIds.png` files.
  var cityscapesID: UInt16 {
    switch self {
    case .void: 0
    case .egoVehicle: 1
    case .clutter: 4
    case .road, .laneMarking: 7
    case .sidewalk: 8
    case .parking: 9
    case .railTrack: 10
    case .building: 11
    case .wall: 12
    case .fence: 13
    case .pole: 17
    case .light: 19
    case .sign: 20
    case .vegetation: 21
    case .terrain: 22
    case .sky: 23
    case .person: 24
    case .rider: 25
    case .car: 26
    case .truck: 27
    case .bus: 28
    case .train: 31
    case .motorcycle: 32
    case .bicycle: 33
    }
  }
}
