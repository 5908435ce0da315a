/**
 * netlink(7) and rtnetlink(7): messages, links and addresses; linux/netlink.h, linux/rtnetlink.h, linux/if_link.h,
 * linux/if_addr.h, linux/if.h.
 *
 * @module
 */

export const AF_NETLINK = 16;
export const NETLINK_ROUTE = 0;

export const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;
export const NLM_F_EXCL = 0x200;
export const NLM_F_DUMP = 0x300;
export const NLM_F_CREATE = 0x400;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const RTM_NEWLINK = 16;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;

export const IFLA_IFNAME = 3;
export const IFLA_NET_NS_FD = 28;

export const IFF_UP = 1;

export const IFA_ADDRESS = 1;
export const IFA_LOCAL = 2;
export const IFA_BROADCAST = 4;
export const IFA_FLAGS = 8;
/** It was set by hand, and has no end. */
export const IFA_F_PERMANENT = 0x80;

/** Valid everywhere, not in one network or on one host. */
export const RT_SCOPE_UNIVERSE = 0;
