// The parameters that an adapter file declares. Mesh floor: may include base, format.
#ifndef MB_MESH_PARAMETERS_H
#define MB_MESH_PARAMETERS_H

#include "mesh/definition.h"
#include "mesh/reading.h"

// Fills in adapter->parameters from the key `parameters` of the document's root.
void mb_parameters_read(const struct mb_reading *reading, const struct mb_node *root,
                        struct mb_adapter *adapter);

#endif
