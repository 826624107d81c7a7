/** From when on something is worth telling a person: every number of the audit, in one place. */

/** Counts are looked at over this long. */
export const WINDOW_SECONDS = 60
/** How far apart the moments lie that the window may begin with. */
export const WINDOW_STEP_SECONDS = 5
/** No frame for so long is no traffic. */
export const SILENT_SECONDS = 60

/** Fewer frames than this in a window prove nothing. */
export const FRAMES_MIN = 200
export const UNICAST_MIN = 100
/** A VLAN that was heard in fewer seconds of the window proves nothing. */
export const SECONDS_MIN = 20

/** Of the seconds, those without a conversation heard both ways. */
export const ONE_WAY_SHARE = 0.9
/** Of the frames, those to one station, below which there is nothing two could say to each other. */
export const UNICAST_SHARE = 0.2
/** Of the frames to one station, those to others, below which this is an ordinary port. */
export const FOREIGN_SHARE = 0.01
/** Of the frames, those to one station, below which this is an ordinary port that hears the rest. */
export const FLOODED_SHARE = 0.01
export const DUPLICATE_SHARE = 0.01
export const CUT_SHARE = 0.001
export const MERGED_SHARE = 0.001
export const BROKEN_SHARE = 0.1
export const TAGGED_ONE_WAY_SHARE = 0.5
/** So many frames are no accident, whatever their share. */
export const ODD_FRAMES_MIN = 10
/** Networks whose ARP comes without a tag: two may share a cable, more are several VLANs. */
export const UNTAGGED_NETWORKS = 3
/** Of the frames, the lost ones above which it is grave. */
export const GRAVE_LOSS_SHARE = 0.01
/** Of a session's frames, those that never came. */
export const GAP_SHARE = 0.0001
export const CLOCK_OFFSET_SECONDS = 5

/** How long a condition must hold until it is told, and must be gone until it is told no more. */
export const APPEARS_SECONDS = 10
export const GOES_SECONDS = 30

/** VLANs that one rule tells of on one interface. */
export const VLANS_TOLD_MAX = 16
/** Interfaces that are audited. */
export const AUDITED_MAX = 64
