#ifndef POLAR_SEATS_CLIBXML2_SHIM_H
#define POLAR_SEATS_CLIBXML2_SHIM_H

/* Debian builds libxml2 with ICU, whose headers clash with the ICU inside Foundation. Nothing here needs ICU. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>

#endif
