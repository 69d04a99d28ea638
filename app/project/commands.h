#pragma once

#include "app/project/command_line.h"

namespace tau::app {

// One function for each command; `arguments` is what follows its name.

Exit create_command(const QStringList& arguments);
Exit resume_command(const QStringList& arguments);
Exit undo_command(const QStringList& arguments);
Exit forget_command(const QStringList& arguments);
Exit list_command(const QStringList& arguments);
Exit status_command(const QStringList& arguments);
Exit deployments_command(const QStringList& arguments);
Exit rotate_command(const QStringList& arguments);
Exit move_command(const QStringList& arguments);
Exit remove_command(const QStringList& arguments);
Exit verify_command(const QStringList& arguments);
Exit export_command(const QStringList& arguments);
Exit import_command(const QStringList& arguments);
Exit check_command(const QStringList& arguments);
Exit fmt_command(const QStringList& arguments);
Exit vaults_command(const QStringList& arguments);
Exit deploy_key_export_command(const QStringList& arguments);
Exit owner_key_export_command(const QStringList& arguments);
Exit owner_key_import_command(const QStringList& arguments);

} // namespace tau::app
