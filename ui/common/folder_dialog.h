#pragma once

#include <QString>

#include <filesystem>
#include <functional>

class QWidget;

namespace tau::ui {

/// The system's chooser of folders; `chosen` is called with the one that is taken.
void choose_folder(QWidget& window, const QString& title,
                   std::function<void(const std::filesystem::path&)> chosen);

} // namespace tau::ui
